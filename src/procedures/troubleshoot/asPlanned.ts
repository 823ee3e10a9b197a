import { Failure } from '../../domain/failure.js'
import type { World } from '../../ports/world.js'
import type { ServiceScene } from './serviceScene.js'

/**
 * Under the locks: between the plan and the typed name anything may have happened. Throws `PLAN_STALE` (refused) where the container is
 * another one by now, or would be made from something else; and what compose and the engine throw.
 */
export async function requireAsPlanned(
  { service, project, found, stack, configHash }: ServiceScene,
  { engine, compose }: Pick<World, 'engine' | 'compose'>,
  signal: AbortSignal,
): Promise<void> {
  const now = (await engine.containers(project)).find(
    (one) => one.service === service && one.oneOff !== true,
  )
  if (now?.id !== found.id) throw planStale(`${found.name} is another container by now, or gone`)
  if ((await compose.configHash(stack, service, signal)) !== configHash)
    throw planStale(`the compose files or their variables say something else of ${service}`)
}

/** What was agreed to is not what would be done. */
export function planStale(why: string): Failure {
  return new Failure(
    'refused',
    'PLAN_STALE',
    `things changed after the plan was made: ${why}; nothing was touched`,
    ['ops troubleshoot   (plan again)'],
  )
}
