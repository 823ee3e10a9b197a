import { join } from 'node:path'
import { parseEnv } from 'node:util'
import type { World } from '../../ports/world.js'

/** A port as a compose file publishes it. */
interface Published {
  readonly port: number
  /** Port inside the container. */
  readonly inside: number
}

/** `${MONGO_PORT:-27017}:27017`, as the short form of `ports` has it. */
const pattern = /\$\{([A-Za-z_]\w*)(?::?-([^}]*))?\}:(\d+)/g

/** The one variable that compose files take a published port from; nothing where there is none, or more than one may be. */
export async function portVariable(
  { port, inside }: Published,
  { stack, files }: Pick<World, 'stack' | 'files'>,
): Promise<string | undefined> {
  if (!stack) return undefined
  const values = parseEnv((await files.text(join(stack.directory, '.env'))) ?? '')
  const texts = await Promise.all(stack.composeFiles.map((path) => files.text(path)))
  const names = texts.flatMap((text) =>
    [...(text ?? '').matchAll(pattern)].flatMap(([, name = '', standard = '', target = '']) =>
      Number(target) === inside && Number(values[name] ?? standard) === port ? [name] : [],
    ),
  )
  const [name, ...others] = new Set(names)
  return others.length === 0 ? name : undefined
}
