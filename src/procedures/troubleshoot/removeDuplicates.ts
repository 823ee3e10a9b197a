import type { Target } from '../../domain/target.js'
import type { OperationsSession, RemovedDuplicates } from '../../ports/operations.js'
import { planBackupPart } from '../backup/backupPart.js'
import type { Compression } from '../backup/storeStream.js'
import type { Plan } from '../plan.js'
import { requireWhole } from '../restore/requireWhole.js'
import { withSession } from '../withSession.js'
import type { TroubleshootWorld } from './request.js'
import { savedBefore } from './savedBefore.js'
import { boundOf } from './searchBound.js'
import { gone, grown, noRoom } from './duplicateFailures.js'
import { onlyOfCollection } from './onlyOfCollection.js'
import { usingOperations } from './usingOperations.js'

/** What is there more than once. */
interface Twice {
  readonly target: Target
  readonly namespace: string
}

/**
 * Keeps one of each of the documents that are equal in everything but their `_id`, after a backup of everything; "ops undo" brings the collection back from that.
 * Throws `DUPLICATES_NO_ROOM` (space) where finding them needs more than the disk of the server has, `DUPLICATES_GONE` (refused) where there are none by now, `DUPLICATES_GROWN` (refused) where there are
 * more by the time the backup is taken, what a backup throws, `DUPLICATES_NOT_REMOVABLE` (refused) for a view, and `LEFT_HALF` (refused).
 */
export async function removeDuplicates(
  { target, namespace }: Twice,
  compression: Compression,
  world: TroubleshootWorld,
): Promise<Plan<Readonly<Record<string, unknown>>>> {
  const at = namespace.indexOf('.')
  const where = { database: namespace.slice(0, at), collection: namespace.slice(at + 1) }
  await requireWhole(target, world)
  const signal = new AbortController().signal
  await onlyOfCollection(target, where, world, signal)
  const count = async (session: OperationsSession) => {
    const counted = await session.duplicates(where, [], await boundOf(where, session))
    if (!counted) throw noRoom(namespace)
    return counted
  }
  const counted = await usingOperations(target, world, signal, count)
  if (counted.surplus === 0) throw gone(namespace)
  const backup = await withSession(target, world, signal, (session) =>
    planBackupPart({ target, compression, safety: true }, world, session),
  )
  const saved = savedBefore({ target, ...where }, backup)
  let done: RemovedDuplicates | undefined
  return {
    command: 'troubleshoot',
    target: target.name,
    title: `keep one of each, and remove ${counted.surplus.toString()} documents of ${namespace}`,
    facts: [
      [
        'Equal',
        `in everything but their _id: ${counted.groups.toString()} times, ${counted.surplus.toString()} documents too many`,
      ],
      [
        'Kept',
        'of each the one with the smallest _id, which is the oldest where the server chose them',
      ],
      ...saved.facts,
    ],
    loses: [
      `${counted.surplus.toString()} documents of ${namespace}, which are in the safety backup`,
    ],
    steps: [
      ...backup.steps,
      {
        title: `Remove what is there twice from ${namespace}`,
        effect: 'destroys',
        async run(context) {
          done = await usingOperations(target, world, context.signal, async (session) => {
            const now = await count(session)
            // What was written since is in no backup, and nobody has agreed to lose it.
            if (now.surplus > counted.surplus) throw grown(namespace)
            return session.removeDuplicates(where, {
              signal: context.signal,
              removed: (count) => {
                context.detail(`${count.toString()} documents removed`)
              },
            })
          })
        },
      },
      {
        title: 'Prove that nothing is there twice',
        effect: 'reads',
        async run(context) {
          const left = await usingOperations(target, world, context.signal, count)
          if (left.surplus > 0)
            context.warn(
              `${left.surplus.toString()} documents of ${namespace} are there twice again: something writes them`,
            )
        },
      },
    ],
    receipt: saved.receipt,
    result: () => ({
      namespace,
      removed: done?.removed ?? 0,
      ...saved.answer(),
    }),
  }
}
