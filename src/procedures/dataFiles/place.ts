import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { DataPlace } from '../../ports/dataVolumes.js'
import type { ContainerFacts } from '../../ports/engine.js'

/**
 * The volume that a container keeps its data files on. Throws `NO_DATA_VOLUME` (refused) for a server outside Docker, a
 * folder that is in the container itself or in memory, and one that is put together from several volumes.
 */
export function dataPlace(
  target: Target,
  container: ContainerFacts | undefined,
  dbPath: string,
): DataPlace {
  if (!container) throw without(target, 'its server is not in a container of this engine')
  const folder = dbPath.length > 1 ? dbPath.replace(/\/+$/, '') : dbPath
  const [mount] = container.mounts
    .filter(({ destination }) => folder === destination || folder.startsWith(`${destination}/`))
    .toSorted((one, other) => other.destination.length - one.destination.length)
  if (!mount)
    throw without(target, `${folder} is in the container ${container.name} itself, on no volume`)
  if (mount.type !== 'volume' && mount.type !== 'bind')
    throw without(target, `${folder} is on a mount of type ${mount.type}`)
  const below = container.mounts.find(({ destination }) => destination.startsWith(`${folder}/`))
  if (below)
    throw without(target, `${below.destination} is another volume inside the data folder ${folder}`)
  return {
    target: target.name,
    image: container.imageId,
    volume: mount.source,
    mountedAt: mount.destination,
    dbPath: folder,
  }
}

/** The value of an option of mongod, as `--name value` or `--name=value`; nothing where it is not given. */
export function optionOf(command: readonly string[], name: string): string | undefined {
  const words = command.flatMap((part) => part.split(/\s+/))
  const at = words.findIndex((word) => word === `--${name}` || word.startsWith(`--${name}=`))
  if (at < 0) return undefined
  return words[at]?.includes('=') ? words[at].slice(name.length + 3) : words[at + 1]
}

function without({ name }: Target, why: string): Failure {
  return new Failure(
    'refused',
    'NO_DATA_VOLUME',
    `the data files of "${name}" cannot be reached: ${why}`,
    ['ops backup', 'ops doctor'],
  )
}
