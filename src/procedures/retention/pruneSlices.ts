import { outlivedSlices } from '../../domain/oplog/outlived.js'
import type { SliceManifest } from '../../domain/oplog/slice.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import { basesOn } from '../oplog/status.js'
import { underSliceLock } from '../oplog/sliceLock.js'
import type { RetentionSettings } from './examineShelf.js'

type SliceWorld = Pick<World, 'shelf' | 'slices' | 'clock' | 'locks'>

/**
 * Slices that go along with these backups: no backup that stays needs them, and no time within the configured one does. None
 * where a paper of the slices cannot be read: then nobody knows what needs what.
 */
export async function slicesGoing(
  target: Target,
  { sliceSeconds }: Pick<RetentionSettings, 'sliceSeconds'>,
  going: readonly string[],
  world: SliceWorld,
): Promise<readonly SliceManifest[]> {
  if (sliceSeconds === undefined || going.length === 0) return []
  const holdings = await world.slices(target).holdings()
  if (holdings.unreadable.length > 0) return []
  const bases = await basesOn(world.shelf(target))
  const staying = bases.filter(({ id }) => !going.includes(id))
  const since = new Date(world.clock.now().getTime() - sliceSeconds * 1000)
  return outlivedSlices({ ...holdings, bases: staying }, since)
}

/** Moves to the trash what goes with these backups, of what was planned; ids. Call it after they are gone. */
export async function moveSlicesOf(
  target: Target,
  retention: Pick<RetentionSettings, 'sliceSeconds'>,
  {
    removed,
    planned,
    command,
  }: {
    readonly removed: readonly string[]
    readonly planned: ReadonlySet<string>
    readonly command: string
  },
  world: SliceWorld,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (planned.size === 0) return []
  return underSliceLock(target.name, command, world, signal, async () => {
    const now = await slicesGoing(target, retention, removed, world)
    const ids = now.map(({ id }) => id).filter((id) => planned.has(id))
    const at = world.clock.now()
    if (ids.length > 0) await world.slices(target).remove(ids, { at, command })
    return ids
  })
}

/** Ids of slices in the trash whose time there is over; all of them where `all` says so. */
export async function slicesErasable(
  target: Target,
  { trashSeconds }: Pick<RetentionSettings, 'trashSeconds'>,
  all: boolean,
  world: Pick<World, 'slices' | 'clock'>,
): Promise<readonly string[]> {
  const now = world.clock.now().getTime()
  return (await world.slices(target).trash())
    .filter(({ removedAt }) => {
      const age = removedAt === undefined ? -1 : now - Date.parse(removedAt)
      return all || age >= trashSeconds * 1000
    })
    .map(({ id }) => id)
}

/** Puts slices back that went with backups; tells which. */
export async function returnSlices(
  target: Target,
  ids: readonly string[],
  world: Pick<World, 'slices' | 'clock' | 'locks'>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (ids.length === 0) return []
  return underSliceLock(target.name, 'undo', world, signal, () =>
    world.slices(target).bringBack(ids),
  )
}
