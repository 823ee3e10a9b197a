import type { Packed } from '../../archive/tar.js'
import { Failure } from '../../domain/failure.js'
import type { Kit, KitUser } from '../../domain/kit.js'
import type { Manifest } from '../../domain/manifest.js'
import type { Target } from '../../domain/target.js'
import type { ComposeProject } from '../../ports/compose.js'
import type { ContainerFacts } from '../../ports/engine.js'
import type { MongoSession } from '../../ports/mongo.js'
import type { World } from '../../ports/world.js'
import type { GuideFacts } from './guide.js'
import type { KitRequest } from './kitRequest.js'
import { handedFiles, type HandedFiles } from './handedFiles.js'
import { knownSecrets, secretSource } from './knownSecrets.js'
import { ownFiles, type OwnFiles } from './ownFiles.js'
import { plainSettings } from './settings.js'
import type { KnownSecret } from './withoutSecrets.js'

/** A kit, and what its guide is written from. */
export interface Collected {
  readonly kit: Kit
  /** The operator's own files, without secrets. */
  readonly files: readonly Packed[]
  readonly guide: GuideFacts
}

/** What a kit holds of this machine, whichever backup it is laid beside. */
export interface HostSide {
  readonly project: ComposeProject | undefined
  readonly secrets: readonly KnownSecret[]
  readonly own: OwnFiles
  readonly handed: HandedFiles
  readonly env: string | undefined
  readonly commit: Kit['commit'] | undefined
  readonly versions: { readonly engine?: string; readonly compose?: string }
}

/** Gathers what a kit holds of this machine. Throws what compose, the engine and `Secrets.resolve` throw. */
export async function hostSide(
  target: Target,
  request: KitRequest,
  world: World,
  signal: AbortSignal,
): Promise<HostSide> {
  const { stack } = world
  const [project, env, commit, versions] = await Promise.all([
    stack && world.compose.project(stack),
    stack && world.files.text(`${stack.directory}/.env`),
    stack && world.files.commit(stack.directory),
    hostVersions(target, world),
  ])
  const secrets = await knownSecrets(request.targets, project, world)
  const own = await ownFiles(request, stack, secrets, world, signal)
  const handed = await handedFiles(project, stack?.directory, secrets, world.files, signal)
  return { project, secrets, own, handed, env, commit, versions }
}

/** Gathers what a bare host needs besides secrets. Throws what the engine, the server and `Secrets.resolve` throw. */
export async function collectKit(
  manifest: Manifest,
  target: Target,
  request: KitRequest,
  { project, secrets, own, handed, env, commit, versions }: HostSide,
  world: World,
  signal: AbortSignal,
): Promise<Collected> {
  const { stack } = world
  const held = new Set(own.files.map(({ name }) => name))
  const projectName = stack?.project ?? project?.name
  const [containers, { users, username, members }] = await Promise.all([
    containersOf(target, projectName, world),
    signedInFacts(target, world, signal),
  ])
  const container = ownContainer(target, containers)
  const kit: Kit = {
    schema: 1,
    backup: manifest.id,
    target: target.name,
    takenAt: manifest.takenAt,
    versions: {
      ops: manifest.opsVersion,
      server: manifest.serverVersion,
      tools: manifest.toolVersion,
      ...versions,
    },
    ...(projectName === undefined ? {} : { project: projectName }),
    composeFiles: own.composeFiles,
    images: await imagesOf(project, container, world),
    volumes: project?.volumes ?? [],
    binds: containers.flatMap(({ service, name, mounts }) =>
      mounts.flatMap(({ type, source, destination }) =>
        type === 'bind' ? [{ service: service ?? name, source, destination }] : [],
      ),
    ),
    variables: own.variables,
    settings: plainSettings(env, own.variables, secrets),
    ...configurationBeside(request, stack),
    ...(manifest.replicaSet === undefined || members === undefined
      ? {}
      : { replicaSet: { name: manifest.replicaSet, members } }),
    secrets: secretSources(target),
    collections: Object.fromEntries(
      Object.entries(manifest.collections).map(([name, { indexes, options = {} }]) => [
        name,
        { indexes, options },
      ]),
    ),
    ...(users ? { users } : {}),
    ...(commit ? { commit } : {}),
    leftOut: [...own.leftOut, ...handed.leftOut],
  }
  const facts = guideFacts(target, kit, container, username, manifest.replicaSet)
  return {
    kit,
    files: [...own.files, ...handed.files.filter(({ name }) => !held.has(name))],
    guide: { ...facts, variables: own.composeVariables },
  }
}

function guideFacts(
  target: Target,
  kit: Kit,
  container: { readonly image: string; readonly port: number } | undefined,
  username: string | undefined,
  replicaSet: string | undefined,
): Omit<GuideFacts, 'variables'> {
  return {
    target: target.name,
    place:
      target.place.kind === 'service'
        ? { kind: 'service', service: target.place.service, composeFiles: kit.composeFiles }
        : target.place.kind === 'container'
          ? {
              kind: 'container',
              container: target.place.container,
              image: container?.image ?? 'mongo',
            }
          : { kind: 'server' },
    port: container?.port ?? 27_017,
    serverVersion: kit.versions.server,
    oplog: target.pointInTime,
    ...(username === undefined
      ? {}
      : { signIn: { username, authSource: target.credentials?.authSource ?? 'admin' } }),
    ...(replicaSet === undefined ? {} : { replicaSet }),
  }
}

/** Containers of the project, or the target's own where there is none; nothing outside Docker. */
async function containersOf(
  { place }: Target,
  project: string | undefined,
  { engine }: World,
): Promise<readonly ContainerFacts[]> {
  const listed = project === undefined ? [] : await engine.containers(project)
  if (place.kind !== 'container' || listed.some(({ name }) => name === place.container))
    return listed
  const own = await engine.container(place.container)
  return own ? [...listed, own] : listed
}

function ownContainer(
  { place }: Target,
  containers: readonly ContainerFacts[],
): { readonly name: string; readonly image: string; readonly port: number } | undefined {
  const all = containers.filter(({ service, name }) =>
    place.kind === 'service'
      ? service === place.service
      : place.kind === 'container' && name === place.container,
  )
  const found = all.find(({ state }) => state === 'running') ?? all[0]
  if (!found) return undefined
  const port = Number(/--port[ =](\d+)/.exec(found.command.join(' '))?.[1] ?? 27_017)
  return { name: found.name, image: found.image, port }
}

async function imagesOf(
  project: ComposeProject | undefined,
  own: { readonly name: string; readonly image: string } | undefined,
  { engine }: World,
): Promise<Kit['images']> {
  const named = project
    ? Object.values(project.services).flatMap(({ name, image }) =>
        image === undefined ? [] : [{ service: name, name: image }],
      )
    : own
      ? [{ service: own.name, name: own.image }]
      : []
  return Promise.all(
    named.map(async (one) => {
      const found = await engine.image(one.name)
      if (!found) return one
      return { ...one, id: found.id, ...(found.digests ? { digests: found.digests } : {}) }
    }),
  )
}

async function hostVersions(
  { place }: Target,
  world: World,
): Promise<{ readonly engine?: string; readonly compose?: string }> {
  if (place.kind === 'server') return {}
  return {
    engine: (await world.engine.facts()).version,
    ...(world.stack ? { compose: await world.compose.version() } : {}),
  }
}

/** Users are a courtesy: a user that may only back up does not see them, and that is no failure. */
async function signedInFacts(
  target: Target,
  world: World,
  signal: AbortSignal,
): Promise<{
  readonly users?: readonly KitUser[]
  readonly username?: string
  readonly members?: readonly string[]
}> {
  const session = await world.mongo.connect(target, signal)
  try {
    const users = await session.users().catch((error: unknown) => {
      if (error instanceof Failure && error.code === 'MONGO_UNAUTHORIZED') return undefined
      throw error
    })
    const members = await memberHosts(session)
    const name = target.credentials?.username
    const username = name && (await world.secrets.resolve(name)).reveal()
    return {
      ...(users ? { users } : {}),
      ...(members.length > 0 ? { members } : {}),
      ...(username === undefined ? {} : { username }),
    }
  } finally {
    await session.close()
  }
}

/** Hosts of the members of the server's set; none on a standalone, or for a user who may not ask. */
async function memberHosts(session: MongoSession): Promise<readonly string[]> {
  try {
    return (await session.storage()).members
  } catch (error) {
    if (error instanceof Failure) return []
    throw error
  }
}

/** Where `ops.yaml` lies in the folder of the stack, if it does. */
function configurationBeside(
  { configurationFile }: KitRequest,
  stack: World['stack'],
): Pick<Kit, 'configuration'> {
  const beside = stack && `${stack.directory}/`
  if (beside === undefined || !configurationFile.startsWith(beside)) return {}
  return { configuration: configurationFile.slice(beside.length) }
}

function secretSources({ place, credentials }: Target): readonly string[] {
  return [
    ...(credentials ? [`password: ${secretSource(credentials.password)}`] : []),
    ...(place.kind === 'server' ? [`connection string: ${secretSource(place.uri)}`] : []),
  ]
}
