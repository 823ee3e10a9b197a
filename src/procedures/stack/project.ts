import { Failure } from '../../domain/failure.js'
import type { Stack, Target } from '../../domain/target.js'
import type { ComposeProject } from '../../ports/compose.js'
import type { ContainerFacts } from '../../ports/engine.js'
import type { World } from '../../ports/world.js'
import { serviceOf } from './serviceOf.js'

/** The compose project as its files describe it and as it is. */
export interface LiveProject {
  readonly stack: Stack
  readonly project: ComposeProject
  readonly containers: readonly ContainerFacts[]
}

/** The stack of the configuration. Throws `STACK_MISSING` (usage) where it names none. */
function requireStack({ stack }: Pick<World, 'stack'>): Stack {
  if (stack) return stack
  throw new Failure('usage', 'STACK_MISSING', 'ops.yaml has no stack: there is no compose project', [
    'ops init',
    'ops config show',
  ])
}

/** Looks at the project. Throws `STACK_MISSING` (usage), what compose and the engine throw, and the signal's reason. */
export async function lookAtProject(
  world: Pick<World, 'stack' | 'compose' | 'engine'>,
  signal?: AbortSignal,
): Promise<LiveProject> {
  const stack = requireStack(world)
  const project = await world.compose.project(stack, signal)
  const containers = await world.engine.containers(stack.project ?? project.name)
  return { stack, project: { ...project, name: stack.project ?? project.name }, containers }
}

/** Services that run once and write: the stack's own job, and what targets call a job. Starting one is never a side effect. */
export function jobsOf(stack: Stack, targets: readonly Target[]): ReadonlySet<string> {
  const writers = targets.flatMap(({ writers: all }) => all.filter(({ kind }) => kind === 'job'))
  return new Set([
    ...(stack.job === undefined ? [] : [stack.job]),
    ...writers.map(({ service }) => service),
  ])
}

/** Targets whose server is one of these services: nobody else may touch them meanwhile. */
export function targetsOf(
  services: readonly string[],
  targets: readonly Target[],
  { project, containers }: Pick<LiveProject, 'project' | 'containers'>,
): readonly Target[] {
  return targets.filter((target) => services.includes(serviceOf(target, project, containers) ?? ''))
}
