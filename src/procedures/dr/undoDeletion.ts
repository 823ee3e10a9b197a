import type { PutBackRecord } from '../../domain/deletions/putBackRecord.js'
import type { Receipt } from '../../domain/receipt.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import type { Plan, Step } from '../plan.js'
import type { UndoResult } from '../restore/undone.js'
import { withSession } from '../withSession.js'
import { takeAwayAgain, type TakenAway } from './takeAwayAgain.js'

/** Removes exactly what was put back after a deletion, as far as it is unchanged. */
export function undoDeletion(
  receipt: Receipt,
  record: PutBackRecord,
  target: Target,
  last: Step,
  world: World,
): Plan<UndoResult> {
  let taken: TakenAway | undefined
  const names = [...record.made, ...record.views].map(({ namespace }) => namespace)
  return {
    command: 'undo',
    target: target.name,
    title: `take back "${receipt.title}" of ${receipt.startedAt}`,
    facts: [
      [
        'Removes',
        `documents that were put back (${record.deletion}), as far as they are unchanged`,
      ],
      ...(names.length > 0
        ? [['Drops', `${names.join(', ')}, where nothing was written since`] as const]
        : []),
      ['Kept', 'what was changed since, and everything that was not put back'],
    ],
    loses: [`the documents that "${receipt.title}" brought back: they were deleted before`],
    steps: [
      {
        title: 'Take away what was put back',
        effect: 'destroys',
        async run({ signal, detail, warn }) {
          taken = await withSession(target, world, signal, (session) =>
            takeAwayAgain(record, world.putBackLists, session, signal),
          )
          const { removed, kept, gone, dropped, stay } = taken
          detail(`${removed.toString()} documents removed`)
          if (gone > 0) detail(`${gone.toString()} documents were gone already`)
          if (dropped.length > 0) detail(`dropped: ${dropped.join(', ')}`)
          for (const { because, count, ids } of kept)
            warn(
              `${count.toString()} documents stay, for they were ${because}: _id ${ids.join(', ')}`,
            )
          for (const name of stay) warn(`${name} stays: it was written to since`)
        },
      },
      last,
      closeEarlier(receipt, record, world),
    ],
    receipt: () => ({ tookAway: receipt.id }),
    result: (own) => ({
      undone: receipt.id,
      target: target.name,
      dropped: taken?.dropped ?? [],
      restored: null,
      returned: [],
      ...(taken ? { takenAway: taken } : {}),
      receipt: own?.id ?? null,
    }),
  }
}

/** What it went on with was taken away with it: no record of that is to be gone on with, or taken back, once more. */
function closeEarlier({ id }: Receipt, { lists, deletion }: PutBackRecord, world: World): Step {
  const taken = new Set(lists)
  return {
    title: 'Close the records of what it had gone on with',
    effect: 'changes',
    afterwards: true,
    async run() {
      for (const earlier of await world.receipts.list()) {
        const { state, putBack } = earlier
        if (earlier.id === id || putBack?.deletion !== deletion) continue
        if (!putBack.lists.every((list) => taken.has(list))) continue
        if (state === 'failed' || (await world.receipts.abandoned(earlier)))
          await world.receipts.save({ ...earlier, state: 'undone' })
      }
    },
  }
}
