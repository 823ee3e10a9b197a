import type { MongoSession } from '../../src/ports/mongo.js'
import type { FakeServer } from './server.js'

/** The number of every connection to it, and that of the operation which holds locks of ours. */
const connection = 7
const holder = 4711

type Locking = Pick<
  MongoSession,
  'flush' | 'lockWrites' | 'unlockWrites' | 'writesLocked' | 'lockMarks' | 'standingLock'
>

/** Blocking the writes of a fake server: locks are counted, one operation holds them from the first to the last. */
export function lockedBy(server: FakeServer): Locking {
  const { log } = server
  const process = () => (server.processId === undefined ? {} : { process: server.processId })
  return {
    flush: () => {
      log.push('flush')
      return Promise.resolve()
    },
    lockWrites: async () => {
      log.push('lock')
      await server.mischief.lockWaits
      if (server.locks === 0) server.lockHolder = holder
      server.lockTakers = [...(server.lockTakers ?? []), connection]
      return ++server.locks
    },
    unlockWrites: () => {
      log.push('unlock')
      if (server.mischief.deaf) return Promise.reject(new Error('connection closed'))
      const held = server.locks > 0
      server.locks = Math.max(0, server.locks - 1)
      if (server.locks === 0) server.lockHolder = server.lockTakers = undefined
      return Promise.resolve(held)
    },
    writesLocked: () => Promise.resolve(server.locks > 0),
    lockMarks: () => Promise.resolve({ connection, ...process() }),
    standingLock: () =>
      Promise.resolve({
        ...process(),
        ...(server.lockHolder === undefined ? {} : { holder: server.lockHolder }),
        ...(server.lockTakers === undefined ? {} : { takers: server.lockTakers }),
      }),
  }
}
