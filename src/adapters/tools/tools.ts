import { Failure } from '../../domain/failure.js'
import type { EngineName } from '../../domain/manifest.js'
import type { Target } from '../../domain/target.js'
import type { Containers } from '../../ports/containers.js'
import type { Engine } from '../../ports/engine.js'
import type { Secrets } from '../../ports/secrets.js'
import type { DumpTools, Tools, Work } from '../../ports/tools.js'
import type { DockerClient } from '../docker/client.js'
import { accessTo } from '../mongo/access.js'
import { connectionString } from '../mongo/connectionString.js'
import { directRoute } from '../mongo/route.js'
import { whyUnpiped } from '../pipes/pipeWorld.js'
import type { Beside } from './beside.js'
import { carriedFiles } from './carriedFiles.js'
import { decideEngine, type EngineSight } from './decideEngine.js'
import { dumpTools } from './dumpTools.js'
import { execHost } from './execHost.js'
import { fallingBack } from './fallback.js'
import { machineHost } from './machineHost.js'
import type { SidecarWorld } from './sidecarContainer.js'
import { sidecarTools } from './sidecarTools.js'
import type { ToolHost } from './toolHost.js'

/** What running the tools takes. */
export interface ToolsWorld {
  readonly containers: Containers
  readonly secrets: Secrets
  readonly engine: Engine
  readonly environment: NodeJS.ProcessEnv
  readonly sidecar: SidecarWorld
  client(): Promise<DockerClient>
}

/** The engines of this machine, and the choice between them. */
export function toolsAdapter(world: ToolsWorld): Tools {
  const exec = dumpTools('exec', async (target) =>
    hostInContainer(await besideOf(target, world), world),
  )
  const host = dumpTools('host', (target) => hostOnMachine(target, world))
  const sidecar = sidecarTools(
    (target) => besideOf(target, world),
    world.sidecar,
    world.engine,
    () => world.client(),
  )
  const engines: Readonly<Record<EngineName, DumpTools>> = { exec, host, sidecar }

  return {
    async choose(target, work = { kind: 'dump' }) {
      const decision = decideEngine(await sightOf(target, work, exec, world))
      const { because } = decision
      if ('impossible' in decision) throw impossible(target, decision.impossible, because)
      const [first, ...others] = decision.order
      return {
        tools: fallingBack(
          engines[first],
          others.map((name) => engines[name]),
        ),
        because,
        // To let the tools of its container follow, they were called.
        seen: target.engine !== 'exec' && decision.order.includes('exec'),
      }
    },
  }
}

async function sightOf(
  target: Target,
  work: Work,
  exec: DumpTools,
  world: ToolsWorld,
): Promise<EngineSight> {
  const { engine: asked } = target
  const inDocker = target.place.kind !== 'server'
  if (!inDocker || asked === 'host' || asked === 'exec')
    return { asked, work, inDocker, toolsInImage: true }
  const unpiped = whyUnpiped(await world.client())
  return {
    asked,
    work,
    inDocker,
    ...(unpiped === undefined ? {} : { unpiped }),
    toolsInImage: await hasTools(exec, target),
  }
}

async function hasTools(exec: DumpTools, target: Target): Promise<boolean> {
  try {
    await exec.versions(target)
    return true
  } catch (error) {
    if (error instanceof Failure && error.code === 'TOOL_MISSING') return false
    throw error
  }
}

async function besideOf(target: Target, world: ToolsWorld): Promise<Beside> {
  const access = await accessTo(target, world.containers, world.secrets)
  if (access.kind === 'server')
    throw impossible(target, 'exec', 'its server does not run in a container that ops knows')
  const carried = await carriedFiles(target.tls)
  const name = target.tls?.name ?? '127.0.0.1'
  const uri = connectionString(`${name}:${access.port.toString()}`, access.signIn, carried.files)
  return { database: access.container, uri, secrets: [uri, ...access.secrets], carried }
}

async function hostInContainer(beside: Beside, world: ToolsWorld): Promise<ToolHost> {
  return execHost(await world.client(), world.engine, beside)
}

async function hostOnMachine(target: Target, world: ToolsWorld): Promise<ToolHost> {
  const access = await accessTo(target, world.containers, world.secrets)
  if (access.kind === 'server') return machineHost(access.uri, access.secrets, world.environment)
  const client = await world.client()
  const route = client.local
    ? await directRoute(access.container, access.port, undefined)
    : undefined
  if (!route)
    throw impossible(
      target,
      'host',
      'its port can be reached neither where it is published nor at its own address',
    )
  // The only name by which a way of ours can be called; a certificate without it is refused by the tool.
  const way =
    target.tls?.name === 'localhost'
      ? route.hostAndPort.replace(/^127\.0\.0\.1:/, 'localhost:')
      : route.hostAndPort
  const uri = connectionString(way, access.signIn, target.tls)
  return machineHost(uri, [uri, ...access.secrets], world.environment)
}

function impossible(target: Target, engine: EngineName, why: string): Failure {
  const other = engine === 'host' ? 'exec' : engine === 'exec' ? 'host' : 'auto'
  return new Failure(
    'environment',
    'ENGINE_IMPOSSIBLE',
    `engine ${engine} cannot serve "${target.name}": ${why}`,
    [`ops backup --engine ${other}`, 'ops doctor'],
  )
}
