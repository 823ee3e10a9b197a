import type { Agent } from 'node:http'
import type Docker from 'dockerode'
import { Failure } from '../../domain/failure.js'
import { engineEndpoint, isLocal, type EndpointWorld } from './endpoint.js'

/** A connection to the engine, and where it leads. */
export interface DockerClient {
  readonly docker: Docker
  readonly endpoint: string
  readonly local: boolean
}

/** Opens a client; nothing is sent yet. dockerode is loaded here and nowhere before. */
export async function dockerClient(world: EndpointWorld): Promise<DockerClient> {
  const { default: Dockerode } = await import('dockerode')
  const endpoint = engineEndpoint(world)
  const local = isLocal(endpoint)
  const options = await optionsFor(endpoint, world, local)
  return { docker: new Dockerode(options), endpoint, local }
}

/** With DOCKER_HOST set dockerode reads it, and the TLS variables that belong to it, by itself; but for ssh it takes any host key. */
async function optionsFor(
  endpoint: string,
  { environment }: EndpointWorld,
  local: boolean,
): Promise<(Docker.DockerOptions & { readonly agent?: Agent }) | undefined> {
  if (endpoint.startsWith('ssh://')) {
    const { sshAgent } = await import('./sshAgent.js')
    return { protocol: 'http', host: 'docker', port: 80, agent: sshAgent(endpoint, environment) }
  }
  if (environment['DOCKER_HOST']) return undefined
  return local ? { socketPath: endpoint.replace(/^\w+:\/\//, '') } : remoteOptions(endpoint)
}

function remoteOptions(endpoint: string): Docker.DockerOptions {
  const url = new URL(endpoint)
  const protocol = url.protocol === 'https:' ? 'https' : 'http'
  return { protocol, host: url.hostname, port: url.port || 2375 }
}

/** Runs a call to the engine; what the engine did not answer becomes `ENGINE_UNREACHABLE` (environment). */
export async function asking<Answer>(
  client: DockerClient,
  call: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await call()
  } catch (error) {
    if (isEngineAnswer(error)) throw error
    throw unreachable(client, error)
  }
}

/** Whether an error is the engine's own answer (it has an HTTP status), and which. */
export function isEngineAnswer(error: unknown): error is Error & { statusCode: number } {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
}

function unreachable({ endpoint, local }: DockerClient, cause: unknown): Failure {
  const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const why =
    reason === 'EACCES'
      ? 'this user may not open its socket'
      : reason === 'ENOENT' || reason === 'ECONNREFUSED'
        ? 'nothing listens there'
        : cause instanceof Error
          ? cause.message
          : 'no answer'
  return new Failure(
    'environment',
    'ENGINE_UNREACHABLE',
    `the Docker engine does not answer at ${endpoint}: ${why}`,
    reason === 'EACCES'
      ? ['sudo usermod -aG docker "$USER"   (then sign in again)', 'ops doctor']
      : [...whatToDo(endpoint, local), 'ops doctor'],
    { cause },
  )
}

/** An engine elsewhere is started there: from here one can only look, and by ssh begin to. */
function whatToDo(endpoint: string, local: boolean): readonly string[] {
  if (local) return ['sudo systemctl start docker']
  const look = `docker --host ${endpoint} info`
  return endpoint.startsWith('ssh://')
    ? [look, `ssh ${endpoint.replace(/\/+$/, '')} systemctl status docker`]
    : [look]
}
