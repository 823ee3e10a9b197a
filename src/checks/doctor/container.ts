import type { Finding } from '../../domain/finding.js'
import type { Stack, Target } from '../../domain/target.js'
import type { ContainerFacts, Engine } from '../../ports/engine.js'
import type { Compose } from '../../ports/compose.js'
import { check, type Check } from './check.js'
import { broken, doubtful, fine } from './finding.js'

/** Is the container of a target there, running and healthy? */
export function containerCheck(
  target: Target,
  engine: Engine,
  compose: Compose,
  stack: Stack | undefined,
): Check {
  const id = `container.${target.name}`
  return check({
    id,
    asks: `the container of ${target.name}`,
    look: () => containerOf(target, engine, compose, stack),
    judge: (container) => [judgeContainer(id, target, container)],
  })
}

async function containerOf(
  { place }: Target,
  engine: Engine,
  compose: Compose,
  stack: Stack | undefined,
): Promise<ContainerFacts | undefined> {
  if (place.kind === 'server') return undefined
  if (place.kind === 'container') return engine.container(place.container)
  const project = stack?.project ?? (stack ? (await compose.project(stack)).name : undefined)
  return (await engine.containers(project)).find(({ service }) => service === place.service)
}

/** Judges a container, or that there is none. */
export function judgeContainer(
  id: string,
  { name, place }: Target,
  container: ContainerFacts | undefined,
): Finding {
  if (place.kind === 'server') return fine(id, `${name} runs outside Docker`)
  const called = place.kind === 'service' ? place.service : place.container
  if (!container)
    return broken(id, `${called} has no container`, 'it was never started, or it was removed', [
      'ops stack up',
    ])
  const { state, health, exitCode, oomKilled, restarts } = container
  const logs = `ops stack logs ${called}`
  if (state !== 'running') {
    const memory = oomKilled ? ', killed for want of memory' : ''
    const because = `exit code ${exitCode.toString()}${memory}`
    return broken(id, `${container.name} is ${state}`, because, [`ops stack up ${called}`, logs])
  }
  if (health === 'unhealthy')
    return broken(id, `${container.name} is unhealthy`, 'its own health check fails', [logs])
  if (health === 'starting')
    return doubtful(id, `${container.name} is starting`, 'its health is not known yet', [
      'ops stack ps',
    ])
  const because = restarts > 0 ? `restarted ${restarts.toString()} times so far` : ''
  return fine(
    id,
    `${container.name} is running${health === undefined ? '' : ' and healthy'}`,
    because,
  )
}

/** Are the images of the stack's services on the engine, so that it can be started without a registry? */
export function imageCheck(stack: Stack, engine: Engine, compose: Compose): Check {
  return check({
    id: 'images',
    asks: 'the images of the stack',
    async look() {
      const { services } = await compose.project(stack)
      const used = Object.values(services).filter(({ profiles }) => profiles.length === 0)
      const names = [...new Set(used.flatMap(({ image }) => image ?? []))]
      return Promise.all(
        names.map(async (name) => ({ name, present: (await engine.image(name)) !== undefined })),
      )
    },
    judge: (images) => [judgeImages(images)],
  })
}

/** Judges which images are there. */
export function judgeImages(
  images: readonly { readonly name: string; readonly present: boolean }[],
): Finding {
  const missing = images.filter(({ present }) => !present).map(({ name }) => name)
  if (missing.length === 0)
    return fine(
      'images',
      'every image of the stack is on the engine',
      images.map(({ name }) => name).join(', '),
    )
  return doubtful(
    'images',
    `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not on the engine`,
    'starting the stack needs a registry, or a build',
    missing.map((name) => `docker pull ${name}`),
  )
}
