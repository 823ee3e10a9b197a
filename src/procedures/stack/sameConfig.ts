import { Failure } from '../../domain/failure.js'
import type { Stack } from '../../domain/target.js'
import type { ContainerFacts } from '../../ports/engine.js'
import type { World } from '../../ports/world.js'

/** A container that is to be made anew, and what it may have been made from. */
interface MadeFrom {
  readonly service: string
  readonly found: Pick<ContainerFacts, 'name' | 'configHash'>
  /** What it was made from before a setting was changed: where that was cut off, it is so still. */
  readonly before?: string | undefined
}

/**
 * What the service would be made from by now. Throws `CONFIG_DIFFERS` (refused) where its container was made from something else: other
 * variables, or compose files that were edited since, would come into force along with what is to be changed. And what compose throws.
 */
export async function requireSameConfig(
  { service, found, before }: MadeFrom,
  stack: Stack,
  { compose }: Pick<World, 'compose'>,
): Promise<string> {
  const now = await compose.configHash(stack, service)
  const { name, configHash: own } = found
  if (own !== undefined && (own === now || own === before)) return now
  throw new Failure(
    'refused',
    'CONFIG_DIFFERS',
    `${name} was made from something else than the compose files and their variables say of ${service} by now (or by another version of compose): made anew, it would come up with all of that`,
    [
      'docker compose config   (what they say)',
      `ops stack up ${service}   (when it may change; then this once more)`,
    ],
    { facts: { container: own ?? null, files: now } },
  )
}
