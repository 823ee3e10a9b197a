import type { Optime } from '../../domain/contents.js'
import { Failure } from '../../domain/failure.js'
import { isAfter } from '../../domain/oplog/optime.js'
import type { Target } from '../../domain/target.js'
import type { MongoSession } from '../../ports/mongo.js'
import type { World } from '../../ports/world.js'
import { noReplicaSet } from '../oplog/takeSlices.js'

/** Milliseconds that a majority may take to have what the primary has, and between two looks. */
const settleLimit = 30_000
const settleEvery = 100

/**
 * The newest entry that a majority has, once that is no older than the newest that the server itself has now: documents are read as
 * the server has them. Throws `REPLAY_UNKNOWN` (refused) where that is not so within half a minute.
 */
export async function settled(
  session: Pick<MongoSession, 'oplog' | 'lastOptime'>,
  target: Target,
  { clock }: Pick<World, 'clock'>,
  signal: AbortSignal,
): Promise<Optime> {
  const own = await session.lastOptime()
  const began = clock.elapsed()
  for (;;) {
    const window = await session.oplog.window()
    if (!window) throw noReplicaSet(target)
    if (!own || !isAfter(own, window.newest)) return window.newest
    if (clock.elapsed() - began >= settleLimit)
      throw new Failure(
        'refused',
        'REPLAY_UNKNOWN',
        `the members of the replica set of "${target.name}" do not confirm its newest writes: which documents were written to since is not known`,
        ['ops doctor', 'ops pitr replay --dry-run   (once they do)'],
      )
    await clock.sleep(settleEvery, signal)
  }
}
