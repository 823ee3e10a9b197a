import type { DataFilesExchange } from '../../domain/dataFiles.js'
import type { Receipt } from '../../domain/receipt.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import type { Plan, Step } from '../plan.js'
import { notWhole } from '../restore/requireWhole.js'
import type { UndoResult } from '../restore/undone.js'
import { runningWriters, startWriters, stopWriters, WriterState } from '../restore/writers.js'
import { Downtime, exchangeSteps } from './exchangeSteps.js'
import { howFarPlaced } from './placed.js'
import { findScene, type RestoreScene } from './scene.js'

/**
 * Exchanges the data files once more. What was in place stays beside, so that this can be taken back too: somebody may have
 * written to it. Only what was cut off before it came in place is removed: the copy it came from is on the shelf.
 */
export async function undoDataFiles(
  receipt: Receipt,
  { folder, inPlace, damagedBefore = false }: DataFilesExchange,
  target: Target,
  closing: Step,
  world: World,
): Promise<Plan<UndoResult>> {
  const scene = await findScene(target, undefined, world)
  const placed = receipt.state === 'done' ? 'placed' : howFarPlaced(receipt)
  const isKept = placed !== 'not begun'
  const wanted = inPlace === 'restored' ? 'before' : 'restored'
  const state = new WriterState(await runningWriters(target, world, receipt.stopped ?? []))
  const downtime = new Downtime()
  const damaged = damagedBefore && wanted === 'before'
  const half = await comesBackHalf(receipt, wanted, target, world)
  return {
    command: 'undo',
    target: target.name,
    title: `take back "${receipt.title}" of ${receipt.startedAt}`,
    facts: [
      ['Files', `those of ${folder} in ${scene.place.dbPath} come in place again`],
      [
        'Server',
        `${scene.container.name} is ${scene.container.state}; it is stopped while the files are exchanged`,
      ],
      ...(damaged
        ? [
            [
              'Damaged',
              'these files are damaged: the server may not come up on them, and services that depend on it stay stopped',
            ] as const,
          ]
        : []),
      [
        'Kept',
        {
          placed:
            'the files that are in place now stay beside them; an undo of this undo brings them back',
          perhaps: `the files that are in place now stay beside them, in ${folder}, until "ops restore --forget-old" removes them`,
          'not begun': 'nothing of what was cut off: it can be restored from the shelf again',
        }[placed],
      ],
    ],
    loses: [
      ...half.map(
        ({ title, startedAt }) =>
          `data that is whole: what "${title}" of ${startedAt} left half done comes back with these files`,
      ),
      `every write to ${target.name} since ${receipt.startedAt}, in every database`,
    ],
    holds: 'lock and receipt',
    steps: [
      ...stopWriters(state, world),
      ...exchangeSteps(
        { target, scene, folder, inPlace: wanted, damaged, check: () => Promise.resolve() },
        downtime,
        world,
      ),
      // On damaged files nothing is to work that was stopped because of them.
      ...(damaged ? [] : startWriters(state, world)),
      ...(isKept ? [] : [forget(scene, folder, world)]),
      closing,
    ],
    receipt: () => ({
      dataFiles: {
        folder,
        inPlace: wanted,
        ...(damagedBefore ? { damagedBefore } : {}),
        // What was cut off while it was exchanged may be parts of two: it never comes in place again.
        ...(placed === 'placed' ? {} : { forgotten: true }),
      },
      stopped: state.down,
    }),
    result: (own) => ({
      undone: receipt.id,
      target: target.name,
      dropped: [],
      restored: null,
      returned: [],
      receipt: own?.id ?? null,
    }),
  }
}

/** Runs whose half-done data would be in place again, newest first. */
async function comesBackHalf(
  receipt: Receipt,
  inPlace: DataFilesExchange['inPlace'],
  target: Target,
  world: World,
): Promise<readonly Receipt[]> {
  if (!receipt.dataFiles) return []
  const next: Receipt = {
    ...receipt,
    id: 'the undo that is planned',
    state: 'done',
    destroyed: true,
    dataFiles: { folder: receipt.dataFiles.folder, inPlace },
  }
  return (await notWhole(target, world, [next])).filter(({ id }) => id !== receipt.id)
}

function forget({ place }: RestoreScene, folder: string, { dataVolumes }: World): Step {
  return {
    title: `Remove ${folder}`,
    effect: 'destroys',
    afterwards: true,
    run: ({ signal }) => dataVolumes.forget(place, folder, signal),
  }
}
