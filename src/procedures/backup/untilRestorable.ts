import { Failure } from '../../domain/failure.js'
import type { Clock } from '../../ports/clock.js'
import type { StepContext } from '../plan.js'

/** Dumps taken before giving up. */
const attempts = 3

/**
 * Milliseconds between two dumps. mongodump begins its oplog with the newest entry there is; an idle server writes a
 * fresh one every 10 s (`periodicNoopIntervalSecs`), after the first 10 s without a write.
 */
const pause = 21_000

/** Whether an archive is whole, but holds an oplog entry that mongorestore refuses. */
export function isTooLarge(error: unknown): boolean {
  return error instanceof Failure && error.code === 'ARCHIVE_ENTRY_TOO_LARGE'
}

/**
 * Dumps again, after a while, where the oplog of a dump holds an entry that no mongorestore takes: that of a document of
 * nearly 16 MiB which was written just before the dump, or during it. Throws `DUMP_ENTRY_TOO_LARGE` (failed) when it is
 * still so after three dumps, the signal's reason, and what `attempt` throws otherwise.
 */
export async function untilRestorable<Result>(
  attempt: () => Promise<Result>,
  clock: Clock,
  { signal, warn }: Pick<StepContext, 'signal' | 'warn'>,
): Promise<Result> {
  for (let done = 1; ; done++) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof Failure) || !isTooLarge(error)) throw error
      if (done === attempts) throw givenUp(error)
      const seconds = (pause / 1000).toString()
      warn(`nobody could restore this dump: ${error.message}; dumping again in ${seconds} s`)
      await clock.sleep(pause, signal)
    }
  }
}

function givenUp(error: Failure): Failure {
  return new Failure(
    'failed',
    'DUMP_ENTRY_TOO_LARGE',
    `each of ${attempts.toString()} dumps holds what mongorestore refuses: documents of nearly 16 MiB are being written while it runs; the last one: ${error.message}`,
    ['stop what writes them (or take the backup when it is quiet)', 'ops backup'],
    { cause: error, facts: error.facts },
  )
}
