import type { FactsOf } from '../../domain/declared/facts.js'
import type { ProbeOf } from '../../domain/declared/probe.js'
import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { MongoWorld } from '../mongo/mongo.js'

/** What asking a target's server takes. */
export interface ServerWorld extends MongoWorld {
  readonly targets: Readonly<Record<string, Target>>
}

/** How many documents a query matches. Throws what `countMatching` throws, `TARGET_UNKNOWN` (not-found). */
export async function askServer(
  probe: ProbeOf['query'],
  world: ServerWorld,
  signal: AbortSignal,
): Promise<FactsOf['query']> {
  const target = targetNamed(probe.target, world)
  // The driver takes a while to load.
  const { countMatching } = await import('../mongo/inquiries.js')
  return countMatching({ ...probe, target }, world, signal)
}

/** The target of that name. Throws `TARGET_UNKNOWN` (not-found). */
export function targetNamed(name: string, { targets }: ServerWorld): Target {
  const found = targets[name]
  if (found) return found
  throw new Failure('not-found', 'TARGET_UNKNOWN', `there is no target "${name}" in ops.yaml`, [
    'ops config show',
  ])
}
