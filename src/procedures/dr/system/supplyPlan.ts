import type { KitImage } from '../../../domain/kit.js'
import type { ComposeProject } from '../../../ports/compose.js'
import { imageFile, imagePaper } from '../../../ports/keptImages.js'
import type { World } from '../../../ports/world.js'

/** An image that services of the project run, and how it is had. */
export interface ImageSupply {
  readonly name: string
  readonly services: readonly string[]
  /** `kept`: from an archive at the place; `build`: compose makes it when it starts the service; `pull`: a registry is asked. */
  readonly how: 'present' | 'kept' | 'build' | 'pull'
  /** Id that it had on the old host. */
  readonly id?: string
  /** It is there under its name, and is another one than the old host had. */
  readonly differs: boolean
}

/** Finds out for each image that these services run whether it is here, lies at the place, or has to be asked for. */
export async function imageSupplies(
  { services }: ComposeProject,
  running: readonly string[],
  known: readonly KitImage[],
  /** Names of files of images at the place. */
  kept: ReadonlySet<string>,
  { engine }: Pick<World, 'engine'>,
): Promise<readonly ImageSupply[]> {
  const wanted = new Map<string, string[]>()
  for (const name of running) {
    const image = services[name]?.image
    if (image !== undefined) wanted.set(image, [...(wanted.get(image) ?? []), name])
  }
  return Promise.all(
    [...wanted].map(async ([name, users]) => {
      const was = known.find((one) => one.name === name)?.id
      const found = await engine.image(name)
      const lies = was !== undefined && kept.has(imagePaper(was)) && kept.has(imageFile(was))
      const built = users.some((service) => services[service]?.buildContext !== undefined)
      const how = found ? 'present' : lies ? 'kept' : built ? 'build' : 'pull'
      const differs = found !== undefined && was !== undefined && found.id !== was
      return {
        name,
        services: users,
        how,
        differs,
        ...(was === undefined ? {} : { id: was }),
      } as const
    }),
  )
}

/** Volumes and networks that compose only uses, and that are not there. */
export async function externalThings(
  { volumes, externalNetworks = [] }: ComposeProject,
  { supplies }: Pick<World, 'supplies'>,
): Promise<{ readonly volumes: readonly string[]; readonly networks: readonly string[] }> {
  const networks: string[] = []
  for (const name of externalNetworks) if (!(await supplies.hasNetwork(name))) networks.push(name)
  return {
    volumes: volumes.flatMap(({ name, external }) => (external ? [name] : [])),
    networks,
  }
}
