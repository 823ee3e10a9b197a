import { Failure } from '../../domain/failure.js'
import { knownListeningPort } from '../../domain/listeningPort.js'
import type { Target } from '../../domain/target.js'
import type { ContainerFacts } from '../../ports/engine.js'
import type { ContainerSeen, ImageFacts, Looked, Published, TargetEvidence } from './evidence.js'
import { look, type Watch } from './look.js'
import type { Configured, Patient } from './patient.js'

/** Seconds: compose may have to read its files first. */
const patience = { container: 20, image: 20, disks: 6 }

/** Where MongoDB's images keep the data. */
const dataFolders = ['/data', '/data/db', '/var/lib/mongodb', '/var/lib/mongo', '/bitnami/mongodb']

/** Looks at a target's container, at its image, and at where its data lies. Outside Docker there is none of it. */
export async function collectContainer(
  target: Target,
  configured: Configured,
  patient: Patient,
  watch: Watch,
): Promise<Pick<TargetEvidence, 'container' | 'image' | 'dataDevices'>> {
  if (target.place.kind === 'server') return { dataDevices: { state: 'seen', facts: [] } }
  const found = await look(watch, patience.container, () => containerOf(target, configured))
  if (found.state !== 'seen') {
    const image = await imageToStart(found, target, configured, patient, watch)
    return { container: found, image, dataDevices: found }
  }
  const { facts } = found
  const [image, dataDevices] = await Promise.all([
    look(watch, patience.image, () => imageFacts(facts.image, true, patient)),
    look(watch, patience.disks, () => devicesOf(facts, patient)),
  ])
  return { container: { state: 'seen', facts: withoutSecrets(facts) }, image, dataDevices }
}

async function containerOf(target: Target, { containers }: Configured): Promise<ContainerFacts> {
  const found = await containers.find(target)
  if (found) return found
  throw new Failure('not-found', 'CONTAINER_NOT_FOUND', `"${target.name}" has no container`, [
    'ops stack up',
  ])
}

function withoutSecrets(facts: ContainerFacts): ContainerSeen {
  const { name, state, exitCode, oomKilled, image, ports, service, health, hostNetwork } = facts
  const serverPort = knownListeningPort(facts.command)
  return {
    name,
    state,
    exitCode,
    oomKilled,
    image,
    ports,
    ...(service === undefined ? {} : { service }),
    ...(health === undefined ? {} : { health }),
    ...(serverPort === undefined ? {} : { serverPort }),
    ...(hostNetwork === true ? { listensOn: listensOn(facts.command) } : {}),
  }
}

/** Where a mongod listens by its arguments. The images tell one that was told nothing to listen everywhere. */
function listensOn(command: readonly string[]): readonly Published[] {
  const words = command.flatMap((part) => part.split(/[\s=]+/))
  const after = (option: string) => {
    const at = words.indexOf(option)
    return at < 0 ? undefined : words[at + 1]
  }
  const port = after('--port') ?? '27017'
  const hosts = words.includes('--bind_ip_all') ? '*' : (after('--bind_ip') ?? '*')
  return hosts.split(',').map((host) => ({ host: host === '*' ? '' : host, port, inside: port }))
}

/** The image a missing container would be made from, where the compose files say which. */
async function imageToStart(
  missing: Exclude<Looked<never>, { state: 'seen' }>,
  { place }: Target,
  { world: { stack } }: Configured,
  patient: Patient,
  watch: Watch,
): Promise<Looked<ImageFacts>> {
  const isMissing = missing.state === 'refused' && missing.code === 'CONTAINER_NOT_FOUND'
  if (!isMissing || place.kind !== 'service' || !stack) return missing
  return look(watch, patience.image, async () => {
    const { name, services } = await patient.compose.project(stack)
    // Compose gives an image that it builds itself the name of project and service.
    const image = services[place.service]?.image ?? `${stack.project ?? name}-${place.service}`
    return imageFacts(image, false, patient)
  })
}

async function imageFacts(name: string, used: boolean, { engine }: Patient): Promise<ImageFacts> {
  return { name, used, present: (await engine.image(name)) !== undefined }
}

/** Only bind mounts of an engine on this machine are paths of this machine. */
async function devicesOf(
  { mounts }: ContainerFacts,
  { engine, machine }: Patient,
): Promise<readonly number[]> {
  const bound = mounts.filter(
    ({ type, destination }) => type === 'bind' && dataFolders.includes(destination),
  )
  if (bound.length === 0 || !(await engine.facts()).local) return []
  const found = await Promise.all(bound.map(({ source }) => machine.path(source)))
  return found.flatMap(({ device }) => device ?? [])
}
