import type { RetentionSeen } from '../../checks/health/evidence.js'
import type { Target } from '../../domain/target.js'
import { examineShelf, type JudgeWorld, type RetentionSettings } from '../retention/examineShelf.js'

/**
 * What the retention did not keep any more when the newest backup was taken: it is applied after each, so by now that should be
 * gone. What has become too old since is the next one's affair. Throws what looking at a shelf throws.
 */
export async function retentionOf(
  target: Target,
  settings: RetentionSettings,
  world: JudgeWorld,
): Promise<RetentionSeen> {
  const configured = settings.policy !== undefined
  const nothing = { target: target.name, configured, overdue: [], alarms: [] }
  const { entries } = await world.shelf(target).catalog()
  const newest = entries
    .filter(({ manifest }) => manifest.purpose === 'backup')
    .map(({ manifest }) => manifest.takenAt)
    .toSorted()
    .at(-1)
  if (!configured || newest === undefined) return nothing
  const then = new Date(Math.min(Date.parse(newest), world.clock.now().getTime()))
  const clock = { ...world.clock, now: () => then }
  const { going, alarms } = await examineShelf(target, settings, { ...world, clock })
  return {
    ...nothing,
    overdue: going,
    alarms: going.length > 0 ? alarms.map(({ says }) => says) : [],
  }
}
