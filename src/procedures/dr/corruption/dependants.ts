import type { Target } from '../../../domain/target.js'
import type { World } from '../../../ports/world.js'
import type { RunningWriters } from '../../restore/writers.js'
import { runningWriters } from '../../restore/writers.js'
import { dependingOn, inOrder, runsOnce } from '../../stack/order.js'
import { jobsOf, lookAtProject } from '../../stack/project.js'
import { serviceOf } from '../../stack/serviceOf.js'

/**
 * What is stopped before the files of a server are touched: the writers of its target, and every service that depends on it,
 * directly or through others. Services come back in the order of what they depend on; jobs stay stopped. Throws what compose
 * and the engine throw.
 */
export async function runningDependants(
  target: Target,
  targets: readonly Target[],
  world: World,
  stoppedBefore: readonly string[],
): Promise<RunningWriters> {
  const writers = await runningWriters(target, world, stoppedBefore)
  if (!world.stack) return writers
  const live = await lookAtProject(world)
  const { project, containers } = live
  const { services } = project
  const server = serviceOf(target, project, containers)
  if (server === undefined) return writers
  const order = inOrder(dependingOn(server, services), services)
  const up = new Set(
    containers
      .filter(({ state }) => state === 'running' || state === 'restarting' || state === 'paused')
      .map(({ service }) => service),
  )
  const jobs = jobsOf(live.stack, targets)
  const isJob = (service: string) => jobs.has(service) || runsOnce(service, services)
  const running = order.filter((service) => up.has(service))
  const back = order.filter(
    (service) => !isJob(service) && (up.has(service) || stoppedBefore.includes(service)),
  )
  const unordered = (all: readonly string[]) => all.filter((service) => !order.includes(service))
  return {
    // What depends on others is stopped before them.
    stop: [...unordered(writers.stop), ...running.toReversed()],
    start: [...unordered(writers.start), ...back],
  }
}
