import { Failure } from '../../domain/failure.js'
import type { Stack, Target } from '../../domain/target.js'
import type { Compose } from '../../ports/compose.js'
import type { Containers } from '../../ports/containers.js'
import type { ContainerFacts, Engine } from '../../ports/engine.js'

/** Finds targets' containers by the labels compose sets, or by name. The answer is not kept: a container may be recreated. */
export function targetContainers(
  engine: Engine,
  compose: Compose,
  stack: Stack | undefined,
): Containers {
  async function find(target: Target): Promise<ContainerFacts | undefined> {
    if (target.place.kind === 'server') return undefined
    if (target.place.kind === 'container') {
      const { container: name } = target.place
      return (
        (await engine.container(name)) ?? missing(target, `there is no container named "${name}"`)
      )
    }
    const { service } = target.place
    if (!stack)
      throw new Failure(
        'usage',
        'STACK_MISSING',
        `target "${target.name}" names a service, but ops.yaml has no stack`,
        ['ops config check'],
      )
    const project = stack.project ?? (await compose.project(stack)).name
    const found = (await engine.containers(project)).filter(
      (container) => container.service === service,
    )
    return (
      found.find((container) => container.state === 'running') ??
      found[0] ??
      missing(target, `service "${service}" of project "${project}" has no container`)
    )
  }

  return {
    find,
    async running(target) {
      const container = await find(target)
      if (!container || container.state === 'running') return container
      throw new Failure(
        'environment',
        'CONTAINER_STOPPED',
        `container ${container.name} is ${container.state}${container.oomKilled ? ' (it ran out of memory)' : ''}`,
        container.state === 'paused'
          ? [`docker unpause ${container.name}`, 'ops doctor']
          : [
              `ops stack up ${container.service ?? ''}`.trim(),
              `ops stack logs ${container.service ?? ''}`.trim(),
            ],
        {
          facts: {
            container: container.name,
            state: container.state,
            exitCode: container.exitCode,
          },
        },
      )
    },
  }
}

function missing(target: Target, why: string): never {
  throw new Failure(
    'not-found',
    'CONTAINER_NOT_FOUND',
    `target "${target.name}" cannot be reached: ${why}`,
    ['ops stack up', 'ops stack ps'],
  )
}
