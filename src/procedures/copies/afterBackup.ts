import type { CopyState } from '../../domain/copy.js'
import type { Manifest } from '../../domain/manifest.js'
import type { Target } from '../../domain/target.js'
import type { CopyPlace } from '../../ports/copies.js'
import type { World } from '../../ports/world.js'
import type { Step, StepContext } from '../plan.js'
import { sliceSecondsAt, type RetentionSettings } from '../retention/examineShelf.js'
import { bringSlices } from './bringSlices.js'
import { bringCopy } from './bringCopy.js'

/** Copies that follow a backup: their steps, and what became of them. */
export interface CopyPart {
  readonly steps: readonly Step[]
  states(): readonly CopyState[]
}

/**
 * A step for each place, after the backup's own. They come afterwards: one that fails keeps no other from being tried,
 * takes nothing back, and makes the run partly done. `taken` gives the manifest once the backup is on the shelf.
 */
export function copiesAfter(
  taken: () => Manifest | undefined,
  target: Target,
  world: World,
  retention?: RetentionSettings,
): CopyPart {
  const states: CopyState[] = []
  const bring = async (place: CopyPlace, context: StepContext) => {
    const made = taken()
    if (!made) throw new Error('a backup is copied after it was taken')
    const shelf = world.shelf(target)
    // As the shelf has it by now: with its place in the order, and its kit.
    const manifest = (await shelf.manifest(made.id)) ?? made
    const path = `${shelf.folder}/${manifest.file}`
    const job = { target, place, verify: false, entry: { manifest, path, present: true } }
    const { state, because } = await bringCopy(job, world, watchOf(manifest, context))
    states.push(state)
    context.detail(`${place.where}: ${because}`)
    if (!target.pointInTime) return
    const { copied } = await bringSlices(target, place, world, context.signal, {
      sliceSeconds: sliceSecondsAt(place.name, retention),
    })
    if (copied > 0) context.detail(`${place.where}: ${copied.toString()} slices of the oplog`)
  }
  return {
    states: () => states,
    steps: world.copies.map((place) => ({
      title: `Copy it to ${place.name}`,
      effect: 'reads',
      afterwards: true,
      run: (context) => bring(place, context),
    })),
  }
}

/** How a running step watches a copy. */
export function watchOf({ bytes: expected }: Manifest, { signal, amount }: StepContext) {
  return {
    signal,
    progress: (bytes: number) => {
      amount({ bytes, expected })
    },
  }
}
