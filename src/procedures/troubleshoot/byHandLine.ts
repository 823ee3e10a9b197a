import { relative } from 'node:path'
import type { ServiceScene } from './serviceScene.js'

/** What "docker compose" by hand needs to take the file of ops along, as a line of a plan. */
export function byHandLine({
  with: { composeFiles, directory },
}: Pick<ServiceScene, 'with'>): string {
  const names = composeFiles.map((path) => relative(directory, path))
  return `COMPOSE_FILE=${names.join(':')} in .env, for "docker compose" without ops; ops takes the file along`
}
