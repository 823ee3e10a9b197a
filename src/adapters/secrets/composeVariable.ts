import { Failure } from '../../domain/failure.js'
import type { Stack } from '../../domain/target.js'
import type { Compose } from '../../ports/compose.js'
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
  const project = once(() => compose.project(stack))
  const containers = once(() => containersOf(engine, stack.project))

  return async (service, variable) => {
    const running = (await containers()).find(
      (container) => container.service === service && container.state === 'running',
    )
    const value = running?.environment[variable]
    if (value !== undefined && value !== '') return value

    return (await project()).services[service]?.environment[variable]
  }
}

/** Asks at the first call and remembers the answer, but no failure: what failed may work the next time. */
function once<Answer>(ask: () => Promise<Answer>): () => Promise<Answer> {
  let answer: Promise<Answer> | undefined
  return () =>
    (answer ??= ask().catch((error: unknown) => {
      answer = undefined
      throw error
    }))
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
