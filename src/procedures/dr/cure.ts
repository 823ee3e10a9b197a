import type { Cure, Trouble } from '../../checks/containers/trouble.js'
import type { World } from '../../ports/world.js'
import type { Step, StepContext } from '../plan.js'
import { untilHealthy } from '../stack/health.js'
import type { Ward } from './lookAtContainers.js'

const words: Readonly<Record<Exclude<Cure, 'none'>, (service: string) => string>> = {
  create: (service) => `Make the container of ${service}, and start it`,
  recreate: (service) => `Make the container of ${service} anew, and start it`,
  start: (service) => `Start ${service}`,
  restart: (service) => `Restart ${service}`,
  unpause: (service) => `Let ${service} go on`,
  wait: (service) => `Wait for ${service}`,
  stop: (service) => `Stop ${service}, which starts over and over`,
}

/** The step that cures a container, and waits until it is well. A container that is only stopped is not waited for. */
export function cureStep(trouble: Trouble, ward: Ward, timeoutSeconds: number, world: World): Step {
  const { service, cure } = trouble
  return {
    title: cure === 'none' ? service : words[cure](service),
    effect: cure === 'wait' ? 'reads' : 'changes',
    async run(context) {
      await act(trouble, ward, timeoutSeconds, world, context)
      if (cure === 'unpause') await untilLookedAt(trouble, timeoutSeconds, world, context)
      if (cure !== 'stop') await untilHealthy([service], timeoutSeconds, ward.live, world, context)
    },
  }
}

const betweenLooks = 500

/** Health checks of a paused container fail: what they said then counts only until the next one. */
async function untilLookedAt(
  { container }: Trouble,
  timeoutSeconds: number,
  { engine, clock }: World,
  { signal }: StepContext,
): Promise<void> {
  const until = clock.elapsed() + timeoutSeconds * 1000
  while (clock.elapsed() < until) {
    const facts = container === null ? undefined : await engine.container(container)
    if (facts?.health !== 'unhealthy') return
    await clock.sleep(betweenLooks, signal)
  }
}

async function act(
  { service, container, cure }: Trouble,
  { live: { stack } }: Ward,
  timeoutSeconds: number,
  { power, compose, engine }: World,
  { detail, signal }: StepContext,
): Promise<void> {
  if (cure === 'create' || cure === 'recreate') {
    await compose.up(stack, [service], { timeoutSeconds }, detail, signal)
    return
  }
  const facts = container === null ? undefined : await engine.container(container)
  // It went away since it was looked at: waiting for it will say so.
  if (!facts) return
  if (cure === 'unpause') await power.unpause(facts.id, signal)
  if (cure === 'stop' || cure === 'restart') await power.stop(facts.id, signal)
  if (cure === 'start' || cure === 'restart') await power.start(facts.id, signal)
}
