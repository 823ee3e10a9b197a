import { Failure } from '../../domain/failure.js'
import type { Stack } from '../../domain/target.js'
import type { Compose, ComposeProject } from '../../ports/compose.js'
import type { ContainerFacts, Engine } from '../../ports/engine.js'
import type { ComposeVariable } from './composeSecret.js'

/** Who knows the variables of a stack's services. */
export interface StackWorld {
  readonly engine: Pick<Engine, 'containers'>
  readonly compose: Pick<Compose, 'project'>
  readonly stack?: Stack | undefined
}

/**
 * Reads variables of the stack's services: from the container that runs, which is what the server was started with (and
 * quicker to ask), else from the compose files, which also answer when the container or the engine is gone.
 */
export function stackVariable({ engine, compose, stack }: StackWorld): ComposeVariable {
  if (stack === undefined) return () => Promise.resolve(undefined)
  let described: Promise<ComposeProject> | undefined
  let found: Promise<readonly ContainerFacts[]> | undefined

  return async (service, variable) => {
    found ??= containersOf(engine, stack.project)
    const running = (await found).find(
      (container) => container.service === service && container.state === 'running',
    )
    const value = running?.environment[variable]
    if (value !== undefined && value !== '') return value

    described ??= compose.project(stack)
    return (await described).services[service]?.environment[variable]
  }
}

/** Without the project's name only the compose files can say which containers are meant. */
async function containersOf(
  engine: StackWorld['engine'],
  project: string | undefined,
): Promise<readonly ContainerFacts[]> {
  if (project === undefined) return []
  try {
    return await engine.containers(project)
  } catch (error) {
    if (error instanceof Failure && error.code === 'ENGINE_UNREACHABLE') return []
    throw error
  }
}
