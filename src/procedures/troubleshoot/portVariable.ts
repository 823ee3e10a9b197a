import { join } from 'node:path'
import { parseEnv } from 'node:util'
import type { World } from '../../ports/world.js'
import { publishedVariables } from './publishedVariables.js'

/** A port as a compose file publishes it. */
interface Published {
  readonly port: number
  /** Port inside the container. */
  readonly inside: number
}

/** The variable that a port comes from. */
export interface PortVariable {
  readonly name: string
  /** Whether compose files name it nowhere else: changed, it changes this port and nothing besides. */
  readonly alone: boolean
}

/** Keys by which a compose file takes in another one. */
const takesIn = /^\s*(include|extends|env_file)\s*:/m

/** The one variable that compose files take a published port from; nothing where there is none, or more than one may be. */
export async function portVariable(
  { port, inside }: Published,
  { stack, files }: Pick<World, 'stack' | 'files'>,
): Promise<PortVariable | undefined> {
  if (!stack) return undefined
  const settings = (await files.text(join(stack.directory, '.env'))) ?? ''
  const values = parseEnv(settings)
  const texts = await Promise.all(stack.composeFiles.map((path) => files.text(path)))
  const names = texts.flatMap((text) =>
    publishedVariables(text ?? '').flatMap((one) =>
      one.inside === inside && Number(values[one.name] ?? one.standard) === port ? [one.name] : [],
    ),
  )
  const [name, ...others] = new Set(names)
  if (name === undefined || others.length > 0) return undefined
  const all = [...texts, settings].join('\n')
  const uses = all.match(new RegExp(`\\$\\{?${name}\\b`, 'g')) ?? []
  // Files that cannot be read, or are taken in by others, may name it as well.
  const isSeen = texts.every((text) => text !== undefined && !takesIn.test(text))
  return { name, alone: uses.length === 1 && isSeen }
}
