import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import { unfinished } from '../restore/unfinished.js'

/**
 * Why a container must not be started now: a procedure on data that it serves or writes was cut off half-way. A server has to
 * run for a restore to be taken back, unless it is its files that are half exchanged. Nothing where all is well.
 */
export async function heldBack(
  servers: readonly Target[],
  writesTo: readonly Target[],
  world: World,
): Promise<string | undefined> {
  for (const target of new Set([...servers, ...writesTo])) {
    const serves = servers.includes(target)
    const [first] = (await unfinished(target, world)).filter(
      ({ dataFiles }) => !serves || dataFiles !== undefined,
    )
    if (first) {
      return `"${first.title}" of ${first.startedAt} was cut off half-way on ${target.name}: first "ops undo ${first.id}", or the same once more`
    }
  }
  return undefined
}
