/**
 * Shell wrappers that run MongoDB's tools. The first line of standard input is the tools' configuration (a one-line YAML
 * document with the connection string): it reaches them through a pipe at /dev/fd/3, so that no secret is ever in an
 * argument list, an environment or a file. Arguments come in as "$@": nothing is pasted into a command line.
 *
 * Every process that a wrapper starts is waited for by the shell that started it: in a container they would be left to
 * process 1, which is mongod, and mongod buries nobody.
 */

/**
 * mongodump with a watchdog: when standard input ends, because ops closed it or was killed, mongodump is told to stop,
 * after 2 seconds again (which it obeys at once), after 4 seconds it is killed. Without the watchdog a mongodump outlives
 * its reader and "completes" into nothing.
 *
 * The watchdog reads with the shell's own `read`, so it has no child that could outlive it. Once it acts it is deaf to the
 * signal that ends it: its short sleeps come to their end, and it leaves as soon as mongodump has.
 */
export const dumpWrapper = [
  'IFS= read -r configuration',
  'exec 4<&0',
  `printf '%s\\n' "$configuration" | {
    exec 3<&0
    mongodump --config=/dev/fd/3 "$@" </dev/null 4<&- &
    tool=$!
    exec 3<&-
    (
      while IFS= read -r nothing <&4; do :; done
      trap '' TERM
      kill -TERM "$tool" || exit 0
      look=0
      while [ "$look" -lt 20 ] && kill -0 "$tool"; do
        sleep 0.2
        look=$((look + 1))
        if [ "$look" -eq 10 ]; then kill -TERM "$tool"; fi
      done
      kill -KILL "$tool"
    ) </dev/null >/dev/null 2>&1 &
    watchdog=$!
    exec 4<&-
    wait "$tool"
    code=$?
    kill -TERM "$watchdog" 2>/dev/null
    wait "$watchdog" 2>/dev/null
    exit "$code"
  }`,
].join('\n')

/** Marks the line on standard error in which a wrapper tells the number of its tool's process. */
export const processMark = 'ops-process'

/** Marks the line on standard error in which a wrapper tells that its tool has left. */
export const leftMark = 'ops-left'

/**
 * mongorestore reading its archive from the rest of standard input. It tells its process number first, because an input
 * that ends cannot mean "stop" here. What mongorestore leaves unread is taken in and forgotten until ops, which is told,
 * stops writing: a write to a process that is gone would break the connection, and with it what the tool said last.
 */
export const restoreWrapper = [
  'IFS= read -r configuration',
  'exec 4<&0',
  `printf '%s\\n' "$configuration" | {
    exec 3<&0
    sh -c 'echo "${processMark} $$" >&2; exec mongorestore --config=/dev/fd/3 "$@"' sh "$@" <&4 4<&-
    code=$?
    exec 3<&-
    echo "${leftMark} $code" >&2
    cat <&4 >/dev/null 2>&1
    exit "$code"
  }`,
].join('\n')

/** A shell command as an argument list. */
export function wrapped(wrapper: string, toolArguments: readonly string[]): readonly string[] {
  return ['sh', '-c', wrapper, 'sh', ...toolArguments]
}
