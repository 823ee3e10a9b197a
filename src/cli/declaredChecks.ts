import { judgeDeclared } from '../checks/declared/judge.js'
import { wantsCheck } from '../checks/health/select.js'
import type { FindingSource } from '../checks/health/source.js'
import type { Config } from '../config/config.js'
import type { Surroundings } from '../config/surroundings.js'
import type { Probes } from '../ports/probes.js'
import type { World } from '../ports/world.js'
import { lookAtData } from '../procedures/declared/lookAtData.js'
import { probeAll, probingSeconds } from '../procedures/declared/probeAll.js'
import { later } from './later.js'
import { machineWorld } from './world.js'

/** The checks that the operator declares, as a source of findings; of some where `wanted` names them. */
export function declaredSource(
  { checks, targets }: Pick<Config, 'checks' | 'targets'>,
  wanted: readonly string[],
  world: World,
  around: Surroundings,
): FindingSource {
  const named = checks.filter(({ name }) => wantsCheck(wanted, `declared:${name}`))
  // Of a name that is none, the nearest is to be told.
  const asked = named.length > 0 ? named : checks
  const probes = probesOf(targets, world, around)
  let under: Promise<unknown> = Promise.resolve()
  return {
    name: 'declared',
    seconds: probingSeconds(asked),
    find(signal) {
      const found = probeAll(asked, { clock: world.clock, probes }, signal).then(judgeDeclared)
      under = found.catch(() => undefined)
      return found
    },
    async ended() {
      await under
    },
  }
}

function probesOf(targets: Config['targets'], world: World, around: Surroundings): Probes {
  const { client } = machineWorld(around)
  const { clock, engine, compose, containers, secrets, stack } = world
  return later<Probes>(async () => {
    const { machineProbes } = await import('../adapters/probes/machineProbes.js')
    const ofMachine = machineProbes({
      client,
      engine,
      compose,
      containers,
      secrets,
      now: () => clock.now(),
      environment: around.env,
      targets,
      ...(stack ? { stack } : {}),
    })
    return { ...ofMachine, data: lookAtData(targets, world) }
  })
}
