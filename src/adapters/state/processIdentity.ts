import { readFile } from 'node:fs/promises'

/** What tells a process apart from a later one with the same number: when it was started, and in which boot of the machine. */
export interface ProcessIdentity {
  readonly pid: number
  /** Clock ticks since boot; absent where /proc does not say. */
  readonly startTicks?: string
  readonly bootId?: string
}

/** Identity of a process, by number. Nothing if there is none (proc(5): field 22 of /proc/PID/stat). */
export async function processIdentity(pid: number): Promise<ProcessIdentity | undefined> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM means that it is there, and somebody else's.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return undefined
  }
  const stat = await readFile(`/proc/${pid.toString()}/stat`, 'utf8').catch(() => undefined)
  const bootId = await currentBoot()
  // The command name in field 2 may hold spaces and brackets: count from behind its end.
  const startTicks = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  return {
    pid,
    ...(startTicks === undefined ? {} : { startTicks }),
    ...(bootId === undefined ? {} : { bootId }),
  }
}

/** The kernel's id of this boot. */
async function currentBoot(): Promise<string | undefined> {
  const text = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => undefined)
  return text?.trim()
}

/** Whether a process is certainly gone: never true where that cannot be known. */
export async function isGone(identity: ProcessIdentity): Promise<boolean> {
  const boot = await currentBoot()
  if (identity.bootId !== undefined && boot !== undefined && identity.bootId !== boot) return true
  const now = await processIdentity(identity.pid)
  if (!now) return true
  return (
    identity.startTicks !== undefined &&
    now.startTicks !== undefined &&
    identity.startTicks !== now.startTicks
  )
}
