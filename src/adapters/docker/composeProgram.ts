import { Failure } from '../../domain/failure.js'
import { isMissing, runProcess } from './composeProcess.js'

/** How compose is called on this machine. */
export interface ComposeProgram {
  /** `docker compose`, or the standalone `docker-compose`. */
  readonly command: readonly string[]
  /** The docker command line, where there is one. */
  readonly docker?: string
  readonly version: string
}

/**
 * Finds compose: the plugin of the docker command line, then the standalone program. Throws `COMPOSE_MISSING`
 * (environment) where there is none of version 2 or later; version 1 knows neither `--wait` nor JSON.
 */
export async function findCompose(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ComposeProgram> {
  const plugin = await versionOf(['docker', 'compose'], environment)
  if (plugin !== undefined && isModern(plugin))
    return { command: ['docker', 'compose'], docker: 'docker', version: plugin }

  const standalone = await versionOf(['docker-compose'], environment)
  if (standalone !== undefined && isModern(standalone))
    return { command: ['docker-compose'], version: standalone }

  const old = standalone === undefined ? '' : ` (docker-compose ${standalone} is too old)`
  throw new Failure(
    'environment',
    'COMPOSE_MISSING',
    `there is no Docker Compose 2 on this machine${old}`,
    ['docker compose version', 'apt-get install docker-compose-plugin'],
  )
}

async function versionOf(
  command: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  try {
    const asked = await runProcess([...command, 'version', '--short'], { environment, keep: true })
    return asked.exitCode === 0 ? asked.stdout.trim().replace(/^v/, '') : undefined
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

function isModern(version: string): boolean {
  return Number(/^(\d+)\./.exec(version)?.[1] ?? 0) >= 2
}
