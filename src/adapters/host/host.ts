import { randomBytes } from 'node:crypto'
import { statfs } from 'node:fs/promises'
import { hostname, userInfo } from 'node:os'
import type { Host } from '../../ports/host.js'

/** This machine. */
export function machineHost(opsVersion: string): Host {
  return {
    name: hostname(),
    user: userName(),
    pid: process.pid,
    opsVersion,
    token: () => randomBytes(5).toString('hex').slice(0, 8),
    async freeBytes(path) {
      const { bavail, bsize } = await statfs(path)
      return bavail * bsize
    },
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
