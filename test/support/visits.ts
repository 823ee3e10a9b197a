import { setTimeout as sleep } from 'node:timers/promises'
import type { MongoClient } from 'mongodb'

/** Several clients that write to `medical_records.visits`, each one number after the other. */
export interface Visits {
  /** Writes acknowledged so far. */
  acknowledged(): number
  /** Of each writer, how many were acknowledged while a lock certainly blocked all of them. Throws where no lock was seen. */
  acknowledgedUnderLock(): readonly number[]
  /** Milliseconds of the longest wait of one write. */
  longestWait(): number
  /** The numbers of each writer that are on a server, in order. */
  numbersIn(client: MongoClient): Promise<readonly number[][]>
  stop(): Promise<void>
}

interface Visit {
  readonly writer: number
  readonly number: number
}

/**
 * Four of them do not wait for the journal (`w: 1`), so that up to a tenth of a second of their writes is in none; one waits
 * for the majority, now and then.
 */
export function loadVisits(client: MongoClient): Visits {
  const writers = [1, 1, 1, 1, 'majority'] as const
  const counts = writers.map(() => 0)
  const stopping = new AbortController()
  let longest = 0
  let underLock: readonly number[] | undefined

  const writing = writers.map(async (w, writer) => {
    const visits = client.db('medical_records').collection<Visit>('visits', { writeConcern: { w } })
    for (let number = 0; !stopping.signal.aborted; number++) {
      const began = performance.now()
      await visits.insertOne({ writer, number })
      longest = Math.max(longest, performance.now() - began)
      counts[writer] = number + 1
      if (w === 'majority') await sleep(150)
    }
  })
  const locked = async () => {
    const answer = await client.db('admin').command({ currentOp: 1, $ownOps: true })
    return answer['fsyncLock'] === true
  }
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      if (await locked()) {
        // What was acknowledged just before has arrived here by then.
        await sleep(50)
        const seen = [...counts]
        // Locked before and after: nothing was acknowledged in between.
        if (await locked()) underLock = seen
      }
      await sleep(10)
    }
  })()

  return {
    acknowledged: () => counts.reduce((sum, count) => sum + count, 0),
    acknowledgedUnderLock() {
      if (!underLock) throw new Error('no lock was seen')
      return underLock
    },
    longestWait: () => longest,
    async numbersIn(other) {
      const visits = other.db('medical_records').collection<Visit>('visits')
      const all = await visits.find().sort({ writer: 1, number: 1 }).toArray()
      return writers.map((_, writer) =>
        all.filter((visit) => visit.writer === writer).map(({ number }) => number),
      )
    },
    async stop() {
      stopping.abort()
      await Promise.all([...writing, watching])
    },
  }
}
