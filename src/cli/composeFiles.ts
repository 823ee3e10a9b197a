import { access, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import type { Stack } from '../domain/target.js'

const composeNames = [
  'compose.yaml',
  'compose.yml',
  'docker-compose.yaml',
  'docker-compose.yml',
] as const
const overrideNames = composeNames.map((name) => name.replace('compose.', 'compose.override.'))

/**
 * The compose files that `docker compose` would take in a folder: those of COMPOSE_FILE (of the environment, or of the
 * folder's `.env`, separated by COMPOSE_PATH_SEPARATOR or `:`), or else the usual one and its override.
 */
export async function composeStack(
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Stack | undefined> {
  const named = await namedFiles(folder, env)
  if (named.length > 0) return { composeFiles: named, directory: folder }
  const first = async (names: readonly string[]) => {
    for (const name of names) if (await isThere(join(folder, name))) return [join(folder, name)]
    return []
  }
  const [main] = await first(composeNames)
  if (main === undefined) return undefined
  return { composeFiles: [main, ...(await first(overrideNames))], directory: folder }
}

async function namedFiles(
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly string[]> {
  const text = await readFile(join(folder, '.env'), 'utf8').catch(() => '')
  // What is set wins, as for docker compose.
  const all = { ...parseEnv(text), ...env }
  const separator = all['COMPOSE_PATH_SEPARATOR'] ?? ':'
  return (all['COMPOSE_FILE'] ?? '')
    .split(separator === '' ? ':' : separator)
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .map((name) => resolve(folder, name))
}

/** Whether something lies at a path that this user can see. */
export async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
