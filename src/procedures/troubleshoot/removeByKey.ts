import { idText } from '../../archive/documentId.js'
import { counted } from '../../domain/counted.js'
import type { Target } from '../../domain/target.js'
import type { OperationsSession, RemovedDuplicates } from '../../ports/operations.js'
import { planBackupPart } from '../backup/backupPart.js'
import type { Compression } from '../backup/storeStream.js'
import type { Plan } from '../plan.js'
import { requireWhole } from '../restore/requireWhole.js'
import { withSession } from '../withSession.js'
import { gone, grown, noRoom } from './duplicateFailures.js'
import { onlyOfCollection } from './onlyOfCollection.js'
import type { TroubleshootWorld } from './request.js'
import { savedBefore } from './savedBefore.js'
import { boundOf } from './searchBound.js'
import { usingOperations } from './usingOperations.js'

/** What is there more than once, by a key that somebody named: the same key is the same thing then. */
interface TwiceByKey {
  readonly target: Target
  readonly namespace: string
  /** At least one. */
  readonly fields: readonly string[]
}

/**
 * Keeps one of each of the documents that have the same values in these fields, after a backup of everything; "ops undo" brings the
 * collection back from that. Only what was there when the plan was made goes, and only as it was then: what was written since is in no plan. Throws
 * `DUPLICATES_NO_ROOM` (space), `DUPLICATES_GONE`, `DUPLICATES_GROWN`, `DUPLICATES_NOT_REMOVABLE`, `DUPLICATES_TOO_MANY` (refused), what a backup throws, and `LEFT_HALF` (refused).
 */
export async function removeByKey(
  { target, namespace, fields }: TwiceByKey,
  compression: Compression,
  world: TroubleshootWorld,
): Promise<Plan<Readonly<Record<string, unknown>>>> {
  const at = namespace.indexOf('.')
  const where = { database: namespace.slice(0, at), collection: namespace.slice(at + 1) }
  await requireWhole(target, world)
  const signal = new AbortController().signal
  await onlyOfCollection(target, where, world, signal)
  const shared = await usingOperations(target, world, signal, async (session) =>
    session.sharedKey(where, fields, { ...(await boundOf(where, session)), signal }),
  )
  if (!shared) throw noRoom(namespace)
  const { groups, surplus, differing, largest } = shared
  if (surplus === 0) throw gone(namespace)
  const count = async (session: OperationsSession) => {
    const now = await session.duplicates(where, fields, await boundOf(where, session))
    if (!now) throw noRoom(namespace)
    return now
  }
  const backup = await withSession(target, world, signal, (session) =>
    planBackupPart({ target, compression, safety: true }, world, session),
  )
  const key = fields.join(', ')
  const saved = savedBefore({ target, ...where }, backup)
  let done: RemovedDuplicates | undefined
  return {
    command: 'troubleshoot',
    target: target.name,
    title: `keep one of each ${key}, and remove ${counted(surplus, 'document')} of ${namespace}`,
    facts: [
      ['Same', `${key}: ${counted(groups, 'time')}, ${counted(surplus, 'document')} too many`],
      [
        'Differ',
        differing === 0
          ? 'none: those that go hold what those that are kept hold, but for their _id'
          : `${differing.toString()} of the ${surplus.toString()} hold something else than the one that is kept`,
      ],
      ...largest.map(({ documents, first, last }): readonly [string, string] => [
        'For example',
        `${counted(documents, 'document')}, among them ${idText(first)} and ${idText(last)}`,
      ]),
      ['Kept', 'of each the one with the smallest _id; a document without the key stays'],
      ...saved.facts,
    ],
    loses: [
      `${counted(surplus, 'document')} of ${namespace}, in the safety backup from then on`,
      ...(differing === 0
        ? []
        : [
            `what ${differing.toString()} of them hold in other fields than the one that is kept: nothing is merged`,
          ]),
    ],
    steps: [
      ...backup.steps,
      {
        title: `Remove what has the same ${key} from ${namespace}`,
        effect: 'destroys',
        async run(context) {
          done = await usingOperations(target, world, context.signal, async (session) => {
            // What was written since is in no backup, and nobody has agreed to lose it.
            if ((await count(session)).surplus > surplus) throw grown(namespace)
            return session.removeSharedKey(where, fields, shared, {
              ...(await boundOf(where, session)),
              signal: context.signal,
              removed: (number) => {
                context.detail(`${counted(number, 'document')} removed`)
              },
            })
          })
        },
      },
      {
        title: `Prove that each ${key} is there once`,
        effect: 'reads',
        async run(context) {
          const left = await usingOperations(target, world, context.signal, count)
          if (left.surplus > 0)
            context.warn(
              `${counted(left.surplus, 'document')} of ${namespace} are there twice still, and stay: they, or the one that is kept, were written since they were looked at, or are too large to be compared`,
            )
        },
      },
    ],
    receipt: saved.receipt,
    result: () => ({
      namespace,
      by: fields,
      removed: done?.removed ?? 0,
      differing,
      ...saved.answer(),
    }),
  }
}
