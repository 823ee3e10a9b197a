import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { Containers } from '../../ports/containers.js'
import type { Engine } from '../../ports/engine.js'
import type { Secrets } from '../../ports/secrets.js'
import type { Tools } from '../../ports/tools.js'
import type { DockerClient } from '../docker/client.js'
import { accessTo } from '../mongo/access.js'
import { connectionString } from '../mongo/connectionString.js'
import { directRoute } from '../mongo/route.js'
import { dumpTools } from './dumpTools.js'
import { execHost } from './execHost.js'
import { machineHost } from './machineHost.js'
import type { ToolHost } from './toolHost.js'

/** What running the tools takes. */
export interface ToolsWorld {
  readonly containers: Containers
  readonly secrets: Secrets
  readonly engine: Engine
  readonly environment: NodeJS.ProcessEnv
  client(): Promise<DockerClient>
}

/** Engines by what is possible: in the container where there is one, with this machine's tools otherwise. */
export function toolsAdapter(world: ToolsWorld): Tools {
  const exec = dumpTools('exec', (target) => hostInContainer(target, world))
  const host = dumpTools('host', (target) => hostOnMachine(target, world))

  return {
    async choose(target) {
      const inDocker = target.place.kind !== 'server'
      if (target.engine === 'exec') {
        if (inDocker) return { tools: exec, because: 'asked for' }
        throw impossible(target, 'exec', 'its server does not run in a container that ops knows')
      }
      if (target.engine === 'host') return { tools: host, because: 'asked for' }
      if (!inDocker) return { tools: host, because: 'the server runs outside Docker' }
      try {
        await exec.versions(target)
        return { tools: exec, because: 'the tools are in its container' }
      } catch (error) {
        if (!(error instanceof Failure) || error.code !== 'TOOL_MISSING') throw error
        return { tools: host, because: 'its container has no mongodump' }
      }
    },
  }
}

async function hostInContainer(target: Target, world: ToolsWorld): Promise<ToolHost> {
  const access = await accessTo(target, world.containers, world.secrets)
  if (access.kind === 'server')
    throw impossible(target, 'exec', 'its server does not run in a container that ops knows')
  const uri = connectionString(`127.0.0.1:${access.port.toString()}`, access.signIn)
  return execHost(await world.client(), world.engine, access.container, uri, [
    uri,
    ...access.secrets,
  ])
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
  const uri = connectionString(route.hostAndPort, access.signIn)
  return machineHost(uri, [uri, ...access.secrets], world.environment)
}

function impossible(target: Target, engine: string, why: string): Failure {
  const other = engine === 'exec' ? 'host' : 'exec'
  return new Failure(
    'environment',
    'ENGINE_IMPOSSIBLE',
    `engine ${engine} cannot serve "${target.name}": ${why}`,
    [`ops backup --engine ${other}`, 'ops doctor'],
  )
}
