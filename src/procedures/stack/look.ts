import type { Target } from '../../domain/target.js'
import type { ContainerUse } from '../../ports/engine.js'
import type { World } from '../../ports/world.js'
import { lookAtUse } from './lookAtUse.js'
import { servicesNamed } from './names.js'
import { jobsOf, lookAtProject } from './project.js'
import { stateOf, type StackState } from './rows.js'

/** What `stack stats` answers. */
export interface StackUse {
  readonly project: string
  readonly containers: readonly (ContainerUse & { readonly service: string })[]
}

/** The containers of the stack as they are; of some services where they are named. */
export async function lookAtStack(
  names: readonly string[],
  targets: readonly Target[],
  world: Pick<World, 'stack' | 'compose' | 'engine'>,
): Promise<StackState> {
  const live = await lookAtProject(world)
  const state = stateOf(live, jobsOf(live.stack, targets))
  if (names.length === 0) return state
  const wanted = servicesNamed(names, live)
  return { ...state, services: state.services.filter(({ service }) => wanted.includes(service)) }
}

/** One sample of what the running containers use. What their meters stand at is kept for `useHistory`. */
export async function useOfStack(
  names: readonly string[],
  world: Pick<World, 'stack' | 'compose' | 'engine' | 'samples'>,
): Promise<StackUse> {
  const live = await lookAtProject(world)
  const wanted = names.length === 0 ? undefined : servicesNamed(names, live)
  const running = live.containers.filter(
    ({ state, service }) =>
      state === 'running' && (wanted === undefined || wanted.includes(service ?? '')),
  )
  const services = new Map(running.map(({ name, service }) => [name, service ?? name]))
  const [use] = await Promise.all([
    world.engine.use(running.map(({ name }) => name)),
    lookAtUse(live.project.name, running, world),
  ])
  return {
    project: live.project.name,
    containers: use
      .map((one) => ({ ...one, service: services.get(one.name) ?? one.name }))
      .sort((one, other) => one.name.localeCompare(other.name)),
  }
}
