import type { Receipt } from '../../../domain/receipt.js'
import type { Target } from '../../../domain/target.js'
import type { World } from '../../../ports/world.js'
import { startedOnDamaged } from '../../dataFiles/backUp.js'
import { howFarPlaced } from '../../dataFiles/placed.js'
import type { Step } from '../../plan.js'
import { unfinished } from '../../restore/unfinished.js'
import type { Destination } from './openWay.js'

/** Recoveries from damage that were killed half-way, newest first. */
export async function cutOffRecoveries(target: Target, world: World): Promise<readonly Receipt[]> {
  return (await unfinished(target, world)).filter(
    ({ command, dataFiles }) => command === 'dr corruption' && dataFiles !== undefined,
  )
}

/** What was in progress and how far it came, in one line. */
export function cutOffText({ startedAt, steps }: Receipt): string {
  const last = steps.at(-1)
  return `a recovery of ${startedAt} was killed ${last === undefined ? 'before its first step was done' : `after "${last}"`}; no file of before is lost`
}

/** Whether somebody may have worked on what a killed recovery brought back: those writes are nowhere else. */
export function wasInUse({ steps }: Receipt): boolean {
  return steps.some((title) => /^(Start|Bring back|Prove) /.test(title))
}

/** Whether no file was touched, nor the server stopped for it: then the server may still be asked. */
export function wasNotBegun(receipt: Receipt): boolean {
  return receipt.destroyed === false && howFarPlaced(receipt) === 'not begun'
}

/**
 * Takes back what killed recoveries left, wherever they were: the damaged files come in place, and the record is closed. What
 * had come in place is kept aside; what had not goes. May itself be cut off and done again. Taken back, what was in place
 * before is so again, and the server runs on it.
 */
export function takeBackCutOff(
  receipts: readonly Receipt[],
  { target, scene }: Pick<Destination, 'target' | 'scene'>,
  world: World,
): readonly Step[] {
  const { container, place } = scene
  const { power, dataVolumes } = world
  const ran = container.state === 'running' || container.state === 'restarting'
  return receipts.map((receipt): Step => {
    const { folder = '' } = receipt.dataFiles ?? {}
    const placed = howFarPlaced(receipt)
    if (wasNotBegun(receipt)) return letGo(receipt, folder, place, world)
    return {
      title: `Take back what the recovery of ${receipt.startedAt} left half done`,
      effect: 'destroys',
      async run({ signal, warn }) {
        await power.stop(container.id, signal)
        await dataVolumes.exchange(place, folder, 'before', signal)
        if (placed === 'not begun') await dataVolumes.forget(place, folder, signal)
        else
          warn(
            `what was in place until now lies in ${place.dbPath}/${folder} on ${place.volume}; "ops restore --forget-old" removes it`,
          )
        await world.receipts.save(closed(receipt))
      },
      async undo(context) {
        const { signal } = context
        if (placed === 'placed') {
          await power.stop(container.id, signal)
          // The way back may have been left half-way: it has to end before the files go the other way.
          await dataVolumes.exchange(place, folder, 'before', signal)
          await dataVolumes.exchange(place, folder, 'restored', signal)
          await world.receipts.save(receipt)
          if (ran) await power.start(container.id, signal)
        } else if (ran) await startedOnDamaged(target, container.id, world, context)
      },
    }
  })
}

/** What was only prepared goes; the server runs on meanwhile. */
function letGo(
  receipt: Receipt,
  folder: string,
  place: Destination['scene']['place'],
  { dataVolumes, receipts }: World,
): Step {
  return {
    title: `Remove what the recovery of ${receipt.startedAt} had prepared`,
    effect: 'changes',
    async run({ signal }) {
      await dataVolumes.forget(place, folder, signal)
      await receipts.save(closed(receipt))
    },
  }
}

function closed(receipt: Receipt): Receipt {
  const message = 'it was killed half-way; a later recovery took it back'
  return { ...receipt, state: 'undone', stopped: [], error: { code: 'CUT_OFF', message } }
}
