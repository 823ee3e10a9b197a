import { exitCodes } from '../domain/exit.js'

/** Milliseconds that open connections may keep a finished command alive. */
const patience = 500

/** So many times it is looked whether the last calls of the system have ended by themselves. */
const looks = 4

/** The same for who was told to leave at once. */
const hurry = { milliseconds: 50, looks: 10 }

/** What leaving needs of a process. */
export interface Leaver {
  readonly stdout: { readonly writableLength: number }
  exitCode?: number | string | null | undefined
  exit(code?: number): void
  /** What keeps it alive, by name (`process.getActiveResourcesInfo`). */
  getActiveResourcesInfo(): readonly string[]
  readonly pid: number
  kill(pid: number, signal: NodeJS.Signals): unknown
  removeAllListeners(event: NodeJS.Signals): unknown
  /** Since Node 22.15. */
  execve?(file: string, args: readonly string[], environment: object): void
}

/**
 * Sees to it that a command that is through also ends: a connection somebody forgot must not hang a cron job. Output
 * that a slow reader has not taken yet is waited for.
 */
export function leaveSoon(leaver: Leaver): void {
  let left = looks
  const look = () => {
    const drained = leaver.stdout.writableLength === 0
    left -= isStuck(leaver) ? 1 : 0
    if (drained && (left <= 0 || !isStuck(leaver))) leaveNow(leaver, Number(leaver.exitCode ?? 0))
    else setTimeout(look, patience).unref()
  }
  setTimeout(look, patience).unref()
}

/** Ends the process as it is; what is just being written or read gets half a second. */
export function leaveAtOnce(leaver: Leaver, code: number): void {
  let left = hurry.looks
  const look = () => {
    left -= 1
    if (left <= 0 || !isStuck(leaver)) leaveNow(leaver, code)
    else setTimeout(look, hurry.milliseconds)
  }
  look()
}

/** Ends the process, also where a thread of it hangs in a call that its disk never answers. */
function leaveNow(leaver: Leaver, code: number): void {
  if (!isStuck(leaver)) {
    leaver.exit(code)
    return
  }
  // Node's exit waits for its threads (uv_library_shutdown). Another program in its place does not.
  try {
    leaver.execve?.('/bin/sh', ['sh', '-c', `exit ${code.toString()}`], {})
  } catch {
    // There may be no such program.
  }
  const signal = signals.get(code) ?? 'SIGKILL'
  leaver.removeAllListeners(signal)
  leaver.kill(leaver.pid, signal)
}

/** A shell tells these two ends by the same number as the exit codes. */
const signals: ReadonlyMap<number, NodeJS.Signals> = new Map([
  [exitCodes.interrupted.code, 'SIGINT'],
  [exitCodes.terminated.code, 'SIGTERM'],
])

/** Whether a thread is in a call of the system: a file's, or a look-up of a name. */
function isStuck(leaver: Leaver): boolean {
  return leaver
    .getActiveResourcesInfo()
    .some((name) => /^(FSReq|FileHandleCloseReq|Get(Addr|Name)InfoReq)/.test(name))
}
