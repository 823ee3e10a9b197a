import { randomBytes } from 'node:crypto'
import { readdir, statfs } from 'node:fs/promises'
import { getPriority, hostname, setPriority, userInfo } from 'node:os'
import type { Host } from '../../ports/host.js'

/** This machine. */
export function machineHost(opsVersion: string): Host {
  return {
    name: hostname(),
    user: userName(),
    pid: process.pid,
    opsVersion,
    token: () => randomBytes(5).toString('hex').slice(0, 8),
    stepBack,
    async freeBytes(path) {
      const { bavail, bsize } = await statfs(path)
      return bavail * bsize
    },
  }
}

/** As much as a background job asks for: a third of what others get while they want it all (sched(7)). */
const niceness = 5

/** On Linux the priority is a thread's, and threads to come inherit it from the one that makes them (setpriority(2)). */
async function stepBack(): Promise<void> {
  const threads = await readdir('/proc/self/task').catch(() => [])
  for (const thread of threads) {
    try {
      if (getPriority(Number(thread)) < niceness) setPriority(Number(thread), niceness)
    } catch {
      // It has ended, or somebody forbids it: then it goes on as it is.
    }
  }
}

/** A container may run under a number that has no name. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return `uid ${process.getuid?.().toString() ?? '?'}`
  }
}
