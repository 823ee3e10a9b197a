import { machineClock } from '../adapters/host/clock.js'
import { machineHost } from '../adapters/host/host.js'
import { httpDeadman } from '../adapters/schedule/deadman.js'
import { fileScheduledRuns } from '../adapters/schedule/scheduledRuns.js'
import type { Config } from '../config/config.js'
import { stateFolder } from '../config/folders.js'
import type { Surroundings } from '../config/surroundings.js'
import type { Clock } from '../ports/clock.js'
import type { Deadman } from '../ports/deadman.js'
import type { Host } from '../ports/host.js'
import type { ScheduledRuns } from '../ports/scheduledRuns.js'
import type { Schedulers } from '../ports/schedulers.js'
import type { Secrets } from '../ports/secrets.js'
import { later } from './later.js'
import { machineWorld } from './world.js'

/** What schedules and scheduled runs need of the world. */
export interface ScheduleWorld {
  readonly clock: Clock
  readonly host: Host
  readonly runs: ScheduledRuns
  readonly schedulers: Schedulers
  /** Where `notify.deadman` names one. */
  readonly deadman?: Deadman
}

/** The same for real. Nothing heavy is loaded before it is asked for something. */
export function scheduleWorld(
  config: Config,
  opsVersion: string,
  around: Surroundings,
): ScheduleWorld {
  const host = machineHost(opsVersion)
  const { engine, compose } = machineWorld(around)
  const { stack, deadman } = config
  const secrets = later<Secrets>(async () => {
    const { machineSecrets } = await import('../adapters/secrets/secrets.js')
    return machineSecrets({ engine, compose, ...(stack ? { stack } : {}) })
  })
  return {
    clock: machineClock,
    host,
    runs: fileScheduledRuns(stateFolder(around), config, host),
    schedulers: later<Schedulers>(async () => {
      const { machineSchedulers } = await import('../adapters/schedule/schedulers.js')
      return machineSchedulers(around.env)
    }),
    ...(deadman === undefined ? {} : { deadman: httpDeadman(deadman, secrets) }),
  }
}
