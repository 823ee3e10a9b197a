import { machineClock } from '../adapters/host/clock.js'
import { fileHealthHistory } from '../adapters/state/healthHistory.js'
import type { Config } from '../config/config.js'
import { stateFolder } from '../config/folders.js'
import type { Surroundings } from '../config/surroundings.js'
import type { HealthHistory } from '../ports/healthHistory.js'
import type { MachineVitals } from '../ports/machineVitals.js'
import type { World } from '../ports/world.js'
import type { HealthWorld } from '../procedures/health/lookAtHealth.js'
import { later } from './later.js'
import { machineWorld } from './world.js'

/** The world of a configuration, and what health needs besides. Nothing heavy is loaded before it is asked for something. */
export function healthWorld(world: World, config: Config, around: Surroundings): HealthWorld {
  const { client } = machineWorld(around)
  return {
    ...world,
    history: historyOf(world, config, around),
    vitals: later<MachineVitals>(async () => {
      const { machineVitals } = await import('../adapters/docker/machineVitals.js')
      return machineVitals(client)
    }),
  }
}

/** What earlier runs found of this stack. */
export function historyOf(
  { host }: Pick<World, 'host'>,
  config: Config,
  around: Surroundings,
): HealthHistory {
  return fileHealthHistory(stateFolder(around), config, machineClock, host)
}
