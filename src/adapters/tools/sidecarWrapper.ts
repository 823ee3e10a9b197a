import { dumpWrapper } from './wrapper.js'

/** Exit code of a sidecar that does not see the pipe: the engine's file system is not this machine's. */
export const noPipe = 90

/**
 * Runs in a container of ours: $1 is the pipe, $2 a greeting that proves, once it has come through, that the pipe leads to
 * us. Then everything on standard output goes into the pipe.
 */
const intoPipe = [
  'pipe=$1 greeting=$2',
  'shift 2',
  `[ -p "$pipe" ] || exit ${noPipe.toString()}`,
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
