import { dirname } from 'node:path'
import { isLoopback, readConnectionUri, type ConnectionUri } from '../../domain/connectionUri.js'
import { Failure } from '../../domain/failure.js'
import { knownListeningPort } from '../../domain/listeningPort.js'
import type { Target } from '../../domain/target.js'
import type { ComposeProject } from '../../ports/compose.js'
import { collectApplications } from './collectApplications.js'
import type {
  KeyBeside,
  Looked,
  PasswordSeen,
  Published,
  TargetEvidence,
  WireSeen,
} from './evidence.js'
import { look, type Watch } from './look.js'
import { passwordStrength } from './password.js'
import type { Configured, Patient } from './patient.js'

/** Seconds: a server is reached as for everything else, a secret may be a program's to tell. */
const patience = { knock: 15, secrets: 15, machine: 6 }

type SecurityEvidence = Pick<
  TargetEvidence,
  'tls' | 'planned' | 'strangers' | 'password' | 'applications' | 'wire' | 'keyPlaces'
>

/** Looks at what somebody could do to a target who is not meant to. No secret is in what comes of it. */
export async function collectSecurity(
  target: Target,
  server: Promise<Pick<TargetEvidence, 'rights'>>,
  project: Promise<Looked<ComposeProject>> | undefined,
  configured: Configured,
  patient: Patient,
  watch: Watch,
): Promise<SecurityEvidence> {
  const { place, credentials, tls } = target
  const { strangers, world } = configured
  const outside = place.kind === 'server'
  const mayBeNamed = outside || credentials !== undefined
  const keyFiles = world.keys.identities.flatMap(({ file }) => file ?? [])
  const stack = place.kind === 'service' ? project : undefined
  const [answered, password, wire, keyPlaces, applications, planned] = await Promise.all([
    mayBeNamed
      ? look(watch, patience.knock, (signal) => strangers.answered(target, signal))
      : undefined,
    mayBeNamed ? look(watch, patience.secrets, () => passwordOf(target, configured)) : undefined,
    outside ? look(watch, patience.secrets, () => wireOf(target, configured, patient)) : undefined,
    keyFiles.length === 0
      ? undefined
      : look(watch, patience.machine, () => keysBeside(keyFiles, target, configured, patient)),
    stack && collectApplications(target, server, stack, configured, patient, watch),
    stack?.then((read) => plannedBy(target, read)),
  ])
  return {
    tls: tls !== undefined,
    ...(answered ? { strangers: answered } : {}),
    ...(password ? { password } : {}),
    ...(wire ? { wire } : {}),
    ...(keyPlaces ? { keyPlaces } : {}),
    ...(applications ? { applications } : {}),
    ...(planned ? { planned } : {}),
  }
}

/** Where the compose files publish the port that a target's server listens on; nothing where they do not have it. */
function plannedBy(
  { place }: Target,
  read: Looked<ComposeProject>,
): Looked<readonly Published[]> | undefined {
  if (read.state !== 'seen') return read
  const service = place.kind === 'service' ? read.facts.services[place.service] : undefined
  if (!service || service.hostNetwork === true) return undefined
  const own = knownListeningPort(service.command ?? [])
  const ports = service.ports.filter(({ container }) => own === undefined || container === own)
  return {
    state: 'seen',
    facts: ports.map(({ container, published = '*', host = '' }) => ({
      host,
      port: published,
      inside: container.toString(),
    })),
  }
}

async function passwordOf(
  { name, place, credentials }: Target,
  { world: { secrets } }: Configured,
): Promise<PasswordSeen> {
  if (credentials) {
    const [username, password] = await Promise.all([
      secrets.resolve(credentials.username),
      secrets.resolve(credentials.password),
    ])
    return passwordStrength(username.reveal(), password.reveal())
  }
  if (place.kind !== 'server') return 'none'
  const { username = '', password } = parts(name, (await secrets.resolve(place.uri)).reveal())
  return password === undefined ? 'none' : passwordStrength(username, password)
}

/** An address of a container of this machine's engine is on a network of that machine alone. */
async function wireOf(
  { name, place }: Target,
  { world: { secrets } }: Configured,
  { engine }: Patient,
): Promise<WireSeen> {
  if (place.kind !== 'server') return { elsewhere: [], encrypted: false, verified: false }
  const uri = parts(name, (await secrets.resolve(place.uri)).reveal())
  const { encrypted, verified } = uri
  const away = uri.hosts.filter((host) => !isLoopback(host))
  if (away.length === 0) return { elsewhere: [], encrypted, verified }
  const here = await engine
    .facts()
    .then(({ local }) => (local ? engine.containers() : []))
    .catch(() => [])
  const near = new Set(here.flatMap(({ addresses }) => Object.values(addresses)))
  return { elsewhere: away.filter((host) => !near.has(host)), encrypted, verified }
}

function parts(target: string, text: string): ConnectionUri {
  const uri = readConnectionUri(text)
  if (uri) return uri
  throw new Failure(
    'usage',
    'URI_INVALID',
    `the connection string of "${target}" is not written as one`,
    ['ops config show'],
  )
}

async function keysBeside(
  files: readonly string[],
  target: Target,
  { world }: Configured,
  { machine }: Patient,
): Promise<readonly KeyBeside[]> {
  // A target's shelf is a folder of the shelf of all.
  const folders = [
    { of: 'the shelf', folder: dirname(world.shelf(target).folder) },
    ...world.copies
      .filter(({ type }) => type === 'directory')
      .map(({ name, where }) => ({ of: `the place "${name}"`, folder: where })),
  ]
  const [keys, places] = await Promise.all([
    Promise.all(files.map(async (file) => ({ file, at: await machine.real(file) }))),
    Promise.all(folders.map(async (one) => ({ ...one, at: await machine.real(one.folder) }))),
  ])
  return keys.flatMap(({ file, at }) =>
    places
      .filter((place) => at.startsWith(`${place.at.replace(/\/$/, '')}/`))
      .map(({ of, folder }) => ({ file, of, folder })),
  )
}
