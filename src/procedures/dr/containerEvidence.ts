import type { ContainerEvidence } from '../../checks/containers/trouble.js'
import type { ContainerFacts } from '../../ports/engine.js'
import type { World } from '../../ports/world.js'
import { runsOnce } from '../stack/order.js'
import type { LiveProject } from '../stack/project.js'

/** Lines of a container's log that are searched for why it ended. */
const searched = 300

/** What one container is judged by. A log that cannot be read is none: that must not keep anybody from starting it. */
export async function evidenceOf(
  service: string,
  facts: ContainerFacts | undefined,
  mongod: boolean,
  live: LiveProject,
  { engine, compose }: Pick<World, 'engine' | 'compose'>,
): Promise<ContainerEvidence> {
  const described = live.project.services[service]
  const name = facts?.image ?? described?.image ?? ''
  // A service that is built names no image: compose finds or builds it.
  const present = name === '' || (await engine.image(facts?.imageId ?? name)) !== undefined
  const lines =
    facts && facts.state !== 'created'
      ? await compose.lastLines(facts.name, searched).catch(() => [])
      : []
  const missing = facts || !mongod ? undefined : await missingVolume(service, live, engine)
  return {
    service,
    image: { name, present },
    lines,
    mongod,
    runsOnce: runsOnce(service, live.project.services),
    ...(facts ? { facts } : {}),
    ...(missing === undefined ? {} : { volumeMissing: missing }),
  }
}

/** What keeps a server that is made again from finding its data; nothing where its volumes are there. */
async function missingVolume(
  service: string,
  { project }: LiveProject,
  engine: World['engine'],
): Promise<string | undefined> {
  const described = project.services[service]
  if (!described) return 'it is of no service of the project, so nothing tells where its data were'
  const durable = described.mounts ?? []
  if (described.volumes.length === 0 && !durable.some(({ type }) => type === 'bind'))
    return 'it has no named volume, so its data went with its container'
  for (const key of described.volumes) {
    const { name = key } = project.volumes.find((volume) => volume.key === key) ?? {}
    if (!(await engine.hasVolume(name))) return `its volume ${name} is gone`
  }
  return undefined
}
