import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import { halfText, notWhole, waysOn } from '../restore/requireWhole.js'

/**
 * Why a container must not be started now: a restore left data that it serves or writes half done. A server has to
 * run for a restore to be taken back, unless it is its files that are half exchanged. Nothing where all is well.
 */
export async function heldBack(
  servers: readonly Target[],
  writesTo: readonly Target[],
  world: World,
): Promise<string | undefined> {
  for (const target of new Set([...servers, ...writesTo])) {
    const serves = servers.includes(target)
    const [first] = (await notWhole(target, world)).filter(
      ({ dataFiles }) => !serves || dataFiles !== undefined,
    )
    if (first) {
      const ways = waysOn(first).map((way) => `"${way}"`)
      return `${halfText(first)}; first ${ways.join(', or ')}`
    }
  }
  return undefined
}
