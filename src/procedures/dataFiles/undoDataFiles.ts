import type { DataFilesExchange } from '../../domain/dataFiles.js'
import type { Receipt } from '../../domain/receipt.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import type { Plan, Step } from '../plan.js'
import type { UndoResult } from '../restore/undone.js'
import { runningWriters, startWriters, stopWriters, WriterState } from '../restore/writers.js'
import { Downtime, exchangeSteps } from './exchangeSteps.js'
import { findScene, type RestoreScene } from './scene.js'

/**
 * Exchanges the data files once more. What was restored whole stays beside, so that this can be taken back too; what was cut
 * off half-way is removed: the copy it came from is on the shelf.
 */
export async function undoDataFiles(
  receipt: Receipt,
  { folder, inPlace }: DataFilesExchange,
  target: Target,
  closing: Step,
  world: World,
): Promise<Plan<UndoResult>> {
  const scene = await findScene(target, undefined, world)
  const whole = receipt.state === 'done'
  const wanted = inPlace === 'restored' ? 'before' : 'restored'
  const state = new WriterState(await runningWriters(target, world, receipt.stopped ?? []))
  const downtime = new Downtime()
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
      [
        'Kept',
        whole
          ? 'the files that are in place now stay beside them; an undo of this undo brings them back'
          : 'nothing of what was cut off: it can be restored from the shelf again',
      ],
    ],
    loses: [`every write to ${target.name} since ${receipt.startedAt}, in every database`],
    holds: 'lock and receipt',
    steps: [
      ...stopWriters(state, world),
      ...exchangeSteps(
        { target, scene, folder, inPlace: wanted, check: () => Promise.resolve() },
        downtime,
        world,
      ),
      ...startWriters(state, world),
      ...(whole ? [] : [forget(scene, folder, world)]),
      closing,
    ],
    receipt: () => ({
      dataFiles: { folder, inPlace: wanted, ...(whole ? {} : { forgotten: true }) },
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

function forget({ place }: RestoreScene, folder: string, { dataVolumes }: World): Step {
  return {
    title: `Remove ${folder}`,
    effect: 'destroys',
    afterwards: true,
    run: ({ signal }) => dataVolumes.forget(place, folder, signal),
  }
}
