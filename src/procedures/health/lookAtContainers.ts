import type { ContainerSeen } from '../../checks/health/evidence.js'
import type { Target } from '../../domain/target.js'
import type { ContainerFacts } from '../../ports/engine.js'
import type { World } from '../../ports/world.js'
import { runsOnce } from '../stack/order.js'
import { jobsOf, lookAtProject, type LiveProject } from '../stack/project.js'
import { serviceOf } from '../stack/serviceOf.js'

/**
 * Every container of the project and every service without one, by service, without anything that may hold a secret. What
 * `compose run` left is nobody's service; a service of a profile counts only where it has a container. Throws what compose and the
 * engine throw.
 */
export async function containersOf(
  targets: readonly Target[],
  world: Pick<World, 'stack' | 'compose' | 'engine'>,
  signal: AbortSignal,
): Promise<readonly ContainerSeen[]> {
  const live = await lookAtProject(world, signal)
  const { services } = live.project
  const jobs = jobsOf(live.stack, targets)
  const own = live.containers.filter(({ oneOff }) => oneOff !== true)
  const serving = new Set(targets.map((target) => serviceOf(target, live.project, live.containers)))
  const started = new Set(own.map(({ service }) => service))
  const absent = Object.values(services)
    .filter(({ name, profiles }) => profiles.length === 0 && !started.has(name))
    .map(({ name }) => ({ service: name, facts: undefined }))
  const present = own.map((facts) => ({ service: facts.service ?? facts.name, facts }))
  const names = new Set(Object.values(services).flatMap(({ image }) => image ?? []))
  const ids = new Map(
    await Promise.all(
      [...names].map(async (name) => [name, (await world.engine.image(name))?.id ?? null] as const),
    ),
  )
  return [...present, ...absent]
    .map(({ service, facts }) => {
      const named = services[service]?.image ?? null
      return {
        service,
        role: jobs.has(service) ? ('job' as const) : ('service' as const),
        runsOnce: runsOnceOf(service, live),
        server: serving.has(service),
        ...stateOf(facts),
        image: {
          name: facts?.image ?? '',
          id: facts?.imageId ?? '',
          named,
          namedId: named === null ? null : (ids.get(named) ?? null),
        },
      }
    })
    .toSorted(
      (one, other) =>
        one.service.localeCompare(other.service) ||
        (one.container ?? '').localeCompare(other.container ?? ''),
    )
}

/** A service that the files do not know any more keeps running as far as anybody can tell. */
function runsOnceOf(service: string, { project }: LiveProject): boolean {
  return project.services[service] !== undefined && runsOnce(service, project.services)
}

function stateOf(facts: ContainerFacts | undefined) {
  return {
    container: facts?.name ?? null,
    state: facts?.state ?? ('absent' as const),
    health: facts?.health ?? null,
    exitCode: facts?.exitCode ?? 0,
    outOfMemory: facts?.oomKilled ?? false,
    restarts: facts?.restarts ?? 0,
    startedAt: facts?.startedAt ?? null,
    memoryLimit: facts?.memoryLimit ?? 0,
  }
}
