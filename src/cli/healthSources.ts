import type { ScheduleSeen } from '../checks/doctor/evidence.js'
import { judgeSchedule } from '../checks/doctor/schedule.js'
import type { FindingSource } from '../checks/health/source.js'
import type { Config } from '../config/config.js'
import type { Surroundings } from '../config/surroundings.js'
import { jobsOf } from '../domain/schedule.js'
import type { World } from '../ports/world.js'
import { declaredSource } from './declaredChecks.js'
import { symptomSource } from './symptomSource.js'
import { troubleshootWorld } from './troubleshootWorld.js'

/** What sources look at. */
export interface SourceWorld {
  readonly config: Config
  readonly world: World
  readonly around: Surroundings
  /** What ids of the checks begin with that somebody asked for; all of them where it is empty. */
  readonly wanted: readonly string[]
  /** Looks at the schedule of this machine. */
  readonly schedule: () => Promise<ScheduleSeen>
}

/** Every source of findings beside the built-in checks: whoever adds one names it here, and nowhere else. */
export function findingSources(given: SourceWorld): readonly FindingSource[] {
  const { config, wanted, world, around } = given
  return [
    symptomSource(config, world, (one) => troubleshootWorld(one, around)),
    ...(jobsOf(config.schedule).length > 0 ? [scheduleSource(given)] : []),
    ...(config.checks.length > 0 ? [declaredSource(config, wanted, world, around)] : []),
  ]
}

/** Does the scheduler know what `ops.yaml` wants done, and is it done? */
function scheduleSource({ config, world, schedule }: SourceWorld): FindingSource {
  return {
    name: 'schedule',
    seconds: 6,
    async find() {
      const facts = await schedule()
      const { backupAgeSeconds } = config.objectives
      const found = judgeSchedule(
        { state: 'seen', facts },
        backupAgeSeconds,
        world.clock.now().toISOString(),
      )
      return found.map((one) => ({ ...one, id: one.id.replaceAll('.', ':') }))
    },
  }
}
