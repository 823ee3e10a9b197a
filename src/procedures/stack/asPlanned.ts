import { Failure } from '../../domain/failure.js'
import type { Stack } from '../../domain/target.js'
import type { ContainerFacts } from '../../ports/engine.js'
import type { World } from '../../ports/world.js'

/** A container that is to be made anew, as it was when that was planned. */
export interface PlannedRemake {
  readonly service: string
  /** Name of its compose project. */
  readonly project: string
  readonly found: Pick<ContainerFacts, 'id' | 'name'>
  readonly stack: Stack
  /** What compose would have made it from. */
  readonly configHash: string
}

/** What to type to plan once more. */
const troubleshoot = 'ops troubleshoot'

/**
 * Under the locks: between the plan and the typed name anything may have happened. Throws `PLAN_STALE` (refused) where the container is
 * another one by now, or would be made from something else; and what compose and the engine throw.
 */
export async function requireAsPlanned(
  { service, project, found, stack, configHash }: PlannedRemake,
  { engine, compose }: Pick<World, 'engine' | 'compose'>,
  signal: AbortSignal,
  again = troubleshoot,
): Promise<void> {
  const now = (await engine.containers(project)).find(
    (one) => one.service === service && one.oneOff !== true,
  )
  if (now?.id !== found.id)
    throw planStale(`${found.name} is another container by now, or gone`, again)
  if ((await compose.configHash(stack, service, signal)) !== configHash)
    throw planStale(`the compose files or their variables say something else of ${service}`, again)
}

/** What was agreed to is not what would be done. */
export function planStale(why: string, again = troubleshoot): Failure {
  return new Failure(
    'refused',
    'PLAN_STALE',
    `things changed after the plan was made: ${why}; nothing was touched`,
    [`${again}   (plan again)`],
  )
}
