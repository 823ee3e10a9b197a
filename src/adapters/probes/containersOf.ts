import { Failure } from '../../domain/failure.js'
import type { Stack } from '../../domain/target.js'
import type { Compose } from '../../ports/compose.js'
import type { ContainerFacts, Engine } from '../../ports/engine.js'

/** Who knows the containers of a stack. */
export interface StackContainers {
  readonly engine: Pick<Engine, 'containers' | 'container'>
  readonly compose: Pick<Compose, 'project'>
  readonly stack?: Stack
}

/** Every container of a service, running or not, those of `compose run` too. Throws `CONTAINER_NOT_FOUND` (not-found). */
export async function containersOf(
  service: string,
  { engine, compose, stack }: StackContainers,
): Promise<readonly ContainerFacts[]> {
  const project = stack && (stack.project ?? (await compose.project(stack)).name)
  const all = project === undefined ? [] : await engine.containers(project)
  const found = all.filter((container) => container.service === service)
  if (found.length > 0) return found
  throw new Failure(
    'not-found',
    'CONTAINER_NOT_FOUND',
    `the service "${service}" has no container`,
    ['ops stack ps', `ops stack up ${service}`],
  )
}

/** The running container of a service, or the one of that name. Throws what `containersOf` throws, `CONTAINER_STOPPED` (environment). */
export async function runningContainer(
  place: { readonly service: string } | { readonly container: string },
  world: StackContainers,
): Promise<ContainerFacts> {
  const found =
    'service' in place
      ? (await containersOf(place.service, world)).filter(({ oneOff = false }) => !oneOff)
      : [await world.engine.container(place.container)].filter((one) => one !== undefined)
  const running = found.find(({ state }) => state === 'running')
  if (running) return running
  const name = 'service' in place ? place.service : place.container
  throw new Failure(
    'environment',
    'CONTAINER_STOPPED',
    `no container of "${name}" is running, so that nothing can be run in it`,
    ['ops stack ps', `ops stack logs ${name}`],
  )
}
