import { useHistory, type UseHistory } from '../procedures/stack/useHistory.js'
import type { World } from '../ports/world.js'
import { warn, type Door } from './door.js'
import { sinceMoment } from './since.js'

/** What they used since a time as it is typed. Lines that could not be read are warned of. Throws `TIME_INVALID` (usage), and what looking throws. */
export async function useSince(
  names: readonly string[],
  since: string,
  world: World,
  door: Door,
): Promise<UseHistory> {
  const history = await useHistory(names, sinceMoment(since, world.clock.now()), world)
  const { damagedText } = await import('../report/useHistory.js')
  if (history.damaged > 0) warn(door, damagedText(history.damaged))
  return history
}
