import { setTimeout as sleep } from 'node:timers/promises'
import type { MongoServer } from './mongoServer.js'

/** Somebody who writes all the time, whatever becomes of the server. */
export interface WriteLoad {
  /** Whether a write goes through now. */
  writes(): Promise<boolean>
  stop(): Promise<void>
}

/** Inserts, changes and deletes documents of `medical_records`, about a hundred times a second. */
export function writeLoad({ client }: Pick<MongoServer, 'client'>): WriteLoad {
  const patients = client.db('medical_records').collection('healthcare_data')
  const stopping = new AbortController()
  const write = async (at: number): Promise<boolean> => {
    try {
      await patients.insertOne({ visit: at }, { timeoutMS: 2_000 })
      await patients.updateOne({ visit: at - 5 }, { $set: { seen: true } }, { timeoutMS: 2_000 })
      await patients.deleteOne({ visit: at - 50 }, { timeoutMS: 2_000 })
      return true
    } catch {
      return false
    }
  }
  const working = (async () => {
    for (let at = 0; !stopping.signal.aborted; at++) {
      await write(at)
      await sleep(10)
    }
  })()
  return {
    writes: () => write(-1),
    async stop() {
      stopping.abort()
      await working
    },
  }
}
