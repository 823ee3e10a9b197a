import { Failure } from '../../domain/failure.js'
import type { ComposeProject } from '../../ports/compose.js'
import type { ContainerFacts } from '../../ports/engine.js'
import type { World } from '../../ports/world.js'

/** A container that is to be made anew. */
export interface Remade {
  readonly service: string
  /** Its name. */
  readonly name: string
  /** As it is; nothing where there is none. */
  readonly found: Pick<ContainerFacts, 'mounts' | 'imageId'> | undefined
  /** The data that it must find again: whose, and the folder in the container; absent where it is no server of a target. */
  readonly data?: { readonly target: string; readonly folder: string }
}

/**
 * Throws where a container that is made anew from the compose files would not come up as it is: `NO_NAMED_VOLUME`, `DATA_ELSEWHERE`,
 * `IMAGE_DIFFERS` (refused); and what the engine throws.
 */
export async function requireSameContainer(
  remade: Remade,
  project: ComposeProject,
  { engine }: Pick<World, 'engine'>,
): Promise<void> {
  const { service, name, found } = remade
  requireSameData(remade, project)
  const image = project.services[service]?.image ?? `${project.name}-${service}`
  if ((await engine.image(image))?.id === found?.imageId) return
  throw new Failure(
    'refused',
    'IMAGE_DIFFERS',
    `${name} runs another image than ${image} is by now: it would be made anew with another program`,
    [`ops stack up ${service}   (when it may change; then this once more)`],
  )
}

function requireSameData({ service, name, found, data }: Remade, project: ComposeProject): void {
  if (!data) return
  const { target, folder } = data
  const kept = mountOf(project.services[service]?.mounts ?? [], folder)
  if (kept?.source === undefined || (kept.type !== 'volume' && kept.type !== 'bind'))
    throw new Failure(
      'refused',
      'NO_NAMED_VOLUME',
      `the data of "${target}" lies on no volume that the compose files name: it might not be there when ${name} is made anew`,
      [
        `volumes: ['mongo_data:${folder}']   (of the service ${service}; move the data there first)`,
      ],
    )
  const volume = project.volumes.find(({ key }) => key === kept.source)
  const source = (kept.type === 'volume' && volume?.name) || kept.source
  const now = mountOf(found?.mounts ?? [], folder)
  if (now?.source === source && now.destination === kept.destination) return
  throw new Failure(
    'refused',
    'DATA_ELSEWHERE',
    `the data of "${target}" lies on ${now?.source ?? 'no volume'}, and the compose files name ${source} for it: made anew, ${name} would come up beside its data`,
    [`docker inspect ${name}   (what it mounts)`, 'docker compose config'],
    { facts: { now: now?.source ?? null, files: source } },
  )
}

/** What holds a folder of a container: the mount that is nearest to it. */
function mountOf<Mount extends { readonly destination: string }>(
  mounts: readonly Mount[],
  path: string,
): Mount | undefined {
  return mounts
    .filter(({ destination }) => path === destination || path.startsWith(`${destination}/`))
    .toSorted((one, other) => other.destination.length - one.destination.length)[0]
}
