/**
 * Shell wrappers that run MongoDB's tools. The first line of standard input is the tools' configuration (a one-line YAML
 * document with the connection string): it reaches them through a pipe at /dev/fd/3, so that no secret is ever in an
 * argument list, an environment or a file. Arguments come in as "$@": nothing is pasted into a command line.
 */

/**
 * mongodump with a watchdog: when standard input ends, because ops closed it or was killed, mongodump is told to stop.
 * Without it a mongodump outlives its reader and "completes" into nothing.
 */
export const dumpWrapper = [
  'IFS= read -r configuration',
  'exec 4<&0',
  `printf '%s\\n' "$configuration" | {
    exec 3<&0
    mongodump --config=/dev/fd/3 "$@" </dev/null 4<&- &
    tool=$!
    exec 3<&-
    ( cat <&4 >/dev/null; kill -TERM "$tool" ) >/dev/null 2>&1 &
    watchdog=$!
    exec 4<&-
    wait "$tool"
    code=$?
    kill "$watchdog" 2>/dev/null
    exit "$code"
  }`,
].join('\n')

/** Marks the line on standard error in which a wrapper tells the number of its process. */
export const processMark = 'ops-process'

/**
 * mongorestore reading its archive from the rest of standard input. It tells its process number first, because an input
 * that ends cannot mean "stop" here.
 */
export const restoreWrapper = [
  'IFS= read -r configuration',
  'exec 4<&0',
  `printf '%s\\n' "$configuration" | {
    exec 3<&0
    exec sh -c 'echo "${processMark} $$" >&2; exec mongorestore --config=/dev/fd/3 "$@"' sh "$@" <&4 4<&-
  }`,
].join('\n')

/** A shell command as an argument list. */
export function wrapped(wrapper: string, toolArguments: readonly string[]): readonly string[] {
  return ['sh', '-c', wrapper, 'sh', ...toolArguments]
}
