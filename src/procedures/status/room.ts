import type { Room } from '../../checks/status/evidence.js'
import { fillingOf } from '../../domain/samples/filling.js'
import type { RoomSample } from '../../domain/samples/sample.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import { expectedBytes, reserve } from '../backup/space.js'

/** Milliseconds between samples that are kept: the trend is one of days. */
const shortest = 10 * 60_000

/**
 * All targets share one shelf: the next backup of each is as large as its last one, and a quarter more. What is free is kept, so that
 * later looks can tell how fast it goes; that it cannot be kept is no reason to fail.
 */
export async function roomFor(
  targets: readonly Target[],
  path: string,
  world: World,
): Promise<Room> {
  let freeBytes = Infinity
  let neededBytes = reserve
  for (const target of targets) {
    const shelf = world.shelf(target)
    freeBytes = Math.min(freeBytes, await shelf.freeBytes())
    const { entries } = await shelf.catalog()
    const last = entries.find(({ manifest }) => manifest.purpose === 'backup')?.manifest
    if (last) neededBytes += expectedBytes({ dataBytes: last.rawBytes, last })
  }
  const filling = fillingOf(await samplesWith(freeBytes, path, world), world.clock.now())
  return { freeBytes, neededBytes, filling }
}

async function samplesWith(
  freeBytes: number,
  path: string,
  { samples, clock }: Pick<World, 'samples' | 'clock'>,
): Promise<readonly RoomSample[]> {
  if (!Number.isFinite(freeBytes)) return []
  const kept = await samples.room.kept().catch(() => ({ samples: [] }))
  const before = kept.samples.filter((sample) => sample.path === path)
  const at = clock.now()
  const now = { at: at.toISOString(), path, freeBytes }
  const last = before.at(-1)
  if (!last || at.getTime() - Date.parse(last.at) >= shortest)
    await samples.room.keep([now]).catch(() => undefined)
  return [...before, now]
}
