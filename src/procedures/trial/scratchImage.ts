import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import { lookAtProject } from '../stack/project.js'

/** An image on the engine. */
export interface ScratchImage {
  readonly id: string
  /** As people know it. */
  readonly name: string
}

/**
 * The image to test in: the one asked for, else that of the target's own container, else that of its service. Nothing is
 * pulled. Throws `SCRATCH_IMAGE_MISSING` (environment), and what the engine and compose throw.
 */
export async function scratchImage(
  target: Target,
  asked: string | undefined,
  world: World,
): Promise<ScratchImage> {
  if (asked !== undefined) return present(asked, target, world)
  const { place } = target
  if (place.kind === 'server')
    throw missing(target, 'its server runs outside Docker, so that no image is known')
  if (place.kind === 'container') {
    const container = await world.engine.container(place.container)
    if (container) return { id: container.imageId, name: container.image }
    throw missing(target, `there is no container ${place.container} to take the image from`)
  }
  const { project, containers } = await lookAtProject(world)
  const container = containers.find(({ service }) => service === place.service)
  if (container) return { id: container.imageId, name: container.image }
  const image = project.services[place.service]?.image
  if (image !== undefined) return present(image, target, world)
  throw missing(target, `service ${place.service} has no container and names no image`)
}

async function present(name: string, target: Target, { engine }: World): Promise<ScratchImage> {
  const found = await engine.image(name)
  if (found) return { id: found.id, name }
  throw missing(target, `image ${name} is not on the engine`, `docker pull ${name}`)
}

function missing(target: Target, why: string, next?: string): Failure {
  return new Failure(
    'environment',
    'SCRATCH_IMAGE_MISSING',
    `no scratch server can be made for "${target.name}": ${why}`,
    [...(next === undefined ? [] : [next]), 'ops backup test-restore --image IMAGE'],
  )
}
