import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '../../domain/failure.js'

/** Environment variables and home folder, as arguments. */
export interface EndpointWorld {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly home: string
}

/**
 * Where the engine listens: DOCKER_HOST, the current docker context, then the usual sockets. The same order as the
 * docker command line, so that ops and the operator talk to the same engine. Throws `DOCKER_CONTEXT_UNKNOWN`
 * (environment) for a context that cannot be read: another engine may hold another hospital's containers.
 */
export function engineEndpoint({ environment, home }: EndpointWorld): string {
  if (environment['DOCKER_HOST']) return environment['DOCKER_HOST']
  const context = environment['DOCKER_CONTEXT'] ?? currentContext(home)
  if (context && context !== 'default') return contextHost(home, context)
  const desktop = join(home, '.docker/run/docker.sock')
  return existsSync(desktop) ? `unix://${desktop}` : 'unix:///var/run/docker.sock'
}

/** Whether an endpoint is an engine on this machine. */
export function isLocal(endpoint: string): boolean {
  return endpoint.startsWith('unix://') || endpoint.startsWith('npipe://')
}

function currentContext(home: string): string | undefined {
  const config = readJson(join(home, '.docker/config.json')) as
    { currentContext?: string } | undefined
  return config?.currentContext
}

/** Contexts are stored under the SHA-256 of their name (docker/cli, cli/context/store). */
function contextHost(home: string, name: string): string {
  const folder = createHash('sha256').update(name).digest('hex')
  const file = join(home, '.docker/contexts/meta', folder, 'meta.json')
  const meta = readJson(file) as { Endpoints?: { docker?: { Host?: string } } } | undefined
  const host = meta?.Endpoints?.docker?.Host
  if (host) return host
  throw new Failure(
    'environment',
    'DOCKER_CONTEXT_UNKNOWN',
    `the docker context "${name}" is not there or cannot be read (${file})`,
    ['docker context ls', 'docker context use default   (and unset DOCKER_CONTEXT)'],
  )
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    // An unreadable docker configuration is the docker command line's to complain about: fall back to the default.
    return undefined
  }
}
