import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Environment variables and home folder, as arguments. */
export interface EndpointWorld {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly home: string
}

/**
 * Where the engine listens: DOCKER_HOST, the current docker context, then the usual sockets. The same order as the
 * docker command line, so that ops and the operator talk to the same engine.
 */
export function engineEndpoint({ environment, home }: EndpointWorld): string {
  if (environment['DOCKER_HOST']) return environment['DOCKER_HOST']
  const context = environment['DOCKER_CONTEXT'] ?? currentContext(home)
  const fromContext = context && context !== 'default' ? contextHost(home, context) : undefined
  if (fromContext) return fromContext
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
function contextHost(home: string, name: string): string | undefined {
  const folder = createHash('sha256').update(name).digest('hex')
  const meta = readJson(join(home, '.docker/contexts/meta', folder, 'meta.json')) as
    { Endpoints?: { docker?: { Host?: string } } } | undefined
  return meta?.Endpoints?.docker?.Host
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    // An unreadable docker configuration is the docker command line's to complain about: fall back to the default.
    return undefined
  }
}
