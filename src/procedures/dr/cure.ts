import type { Cure, Trouble } from '../../checks/containers/trouble.js'
import { Failure } from '../../domain/failure.js'
import type { ContainerFacts } from '../../ports/engine.js'
import type { World } from '../../ports/world.js'
import type { StepContext } from '../plan.js'
import { isWell, stateText } from '../stack/health.js'
import type { Patient, Ward } from './lookAtContainers.js'

/** What a cure is called in a plan. */
export const cureTitle: Readonly<Record<Exclude<Cure, 'none'>, (service: string) => string>> = {
  create: (service) => `Make the container of ${service}, and start it`,
  recreate: (service) => `Make the container of ${service} anew, and start it`,
  start: (service) => `Start ${service}`,
  restart: (service) => `Restart ${service}`,
  unpause: (service) => `Let ${service} go on`,
  wait: (service) => `Wait for ${service}`,
  stop: (service) => `Stop ${service}, which starts over and over`,
}

const betweenLooks = 500

/**
 * Cures one container and waits until it is well; one that is only stopped is not waited for. Looks again before it acts: what
 * got well meanwhile is left alone. Throws `CONTAINER_STILL_ILL` (failed), `CONTAINER_CHANGED` (failed) where it ails of
 * something else by now, what the engine and compose throw.
 */
export async function cure(
  patient: Patient,
  { live: { stack, project } }: Ward,
  timeoutSeconds: number,
  world: World,
  context: StepContext,
): Promise<void> {
  const { trouble } = patient
  const now = await patient.again()
  if (!trouble || !now) {
    context.detail(`${patient.evidence.service} is well by now`)
    return
  }
  if (now.cure !== trouble.cure) throw changed(trouble, now)
  const { service, container } = trouble
  if (trouble.cure === 'create' || trouble.cure === 'recreate') {
    const options = { timeoutSeconds, anew: trouble.cure === 'recreate' }
    await world.compose.make(stack, service, options, context.detail, context.signal)
    const made = (await world.engine.containers(project.name)).find(
      (each) => each.service === service && !each.oneOff,
    )
    await untilWell(service, made?.name ?? service, false, timeoutSeconds, world, context)
    return
  }
  const name = container ?? service
  const facts = await world.engine.container(name)
  if (!facts) throw stillIll(service, undefined)
  await act(trouble.cure, facts, world, context.signal)
  if (trouble.cure === 'stop') return
  await untilWell(
    service,
    name,
    trouble.cure === 'unpause' || trouble.cure === 'wait',
    timeoutSeconds,
    world,
    context,
  )
}

async function act(
  what: Cure,
  { id }: ContainerFacts,
  { power }: World,
  signal: AbortSignal,
): Promise<void> {
  if (what === 'unpause') await power.unpause(id, signal)
  if (what === 'stop' || what === 'restart') await power.stop(id, signal)
  if (what === 'start' || what === 'restart') await power.start(id, signal)
}

/** With `recovering`, what its health check said so far does not count: only the time is a limit. */
async function untilWell(
  service: string,
  name: string,
  recovering: boolean,
  timeoutSeconds: number,
  { engine, clock }: World,
  { signal, detail }: StepContext,
): Promise<void> {
  const until = clock.elapsed() + timeoutSeconds * 1000
  let said = ''
  for (;;) {
    signal.throwIfAborted()
    const facts = await engine.container(name)
    if (facts && isWell(facts)) return
    const over = clock.elapsed() >= until
    if (!facts || over || hasFailed(facts, recovering)) throw stillIll(service, facts)
    const says = `waiting for ${name} (${stateText(facts)})`
    if (says !== said) detail(says)
    said = says
    await clock.sleep(betweenLooks, signal)
  }
}

function hasFailed({ state, health }: ContainerFacts, recovering: boolean): boolean {
  if (state === 'exited' || state === 'dead' || state === 'removing') return true
  return health === 'unhealthy' && !recovering
}

/** A container that is not well although it was waited for. */
export function stillIll(service: string, facts: ContainerFacts | undefined): Failure {
  const how = facts ? `is still ${stateText(facts)}` : 'has no container any more'
  return new Failure('failed', 'CONTAINER_STILL_ILL', `${service} ${how}`, [
    `ops stack logs ${service}`,
    'ops stack ps',
  ])
}

function changed({ service, kind }: Trouble, now: Trouble): Failure {
  return new Failure(
    'failed',
    'CONTAINER_CHANGED',
    `${service} was found "${kind}", and is "${now.kind}" by now (${now.because}): it was left as it is`,
    ['ops dr container --dry-run'],
  )
}
