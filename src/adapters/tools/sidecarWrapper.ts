import { dumpWrapper } from './wrapper.js'

/** Exit code of a sidecar that does not see the pipe: the engine's file system is not this machine's. */
export const noPipe = 90

/** $1 is the pipe, $2 a greeting that proves which way it leads. */
const seesPipe = [
  'pipe=$1 greeting=$2',
  'shift 2',
  `[ -p "$pipe" ] || exit ${noPipe.toString()}`,
].join('\n')

/** The greeting proves, once it has come through, that the pipe leads to us. Then all of standard output goes into it. */
const intoPipe = [
  seesPipe,
  'command -v mongodump >/dev/null || exit 127',
  'exec >"$pipe" || exit 1',
  `printf '%s' "$greeting"`,
].join('\n')

/** mongodump into the pipe, with the watchdog (see `dumpWrapper`); `carrying` comes before it. */
export function sidecarDump(carrying: string): string {
  return `${intoPipe}\n${carrying}${dumpWrapper}`
}

/** The versions of both tools into the pipe. */
export const sidecarVersions = `${intoPipe}\nmongodump --version && mongorestore --version`

/**
 * Runs a command with the pipe as its standard input. The pipe's first line must be the greeting: only what comes from us
 * has it. It is answered on standard output; nothing else is written into the pipe before.
 */
export const fromPipe = [
  seesPipe,
  'command -v mongorestore >/dev/null || exit 127',
  'exec <"$pipe" || exit 1',
  'IFS= read -r first',
  `[ "$first" = "$greeting" ] || exit ${noPipe.toString()}`,
  `printf '%s' "$greeting"`,
  'exec "$@"',
].join('\n')
