import { Failure } from '../../domain/failure.js'
import type { ContainerFacts } from '../../ports/engine.js'
import type { World } from '../../ports/world.js'
import type { StepContext } from '../plan.js'
import type { LiveProject } from './project.js'

const betweenLooks = 500

/**
 * Waits until every container of the services runs and is healthy, where it says anything of its health. Answers with
 * all containers of the project. Throws `SERVICE_UNHEALTHY` (failed) for one that ended or says it is ill, and
 * `SERVICE_SLOW` (timed-out) when the time is up.
 */
export async function untilHealthy(
  services: readonly string[],
  timeoutSeconds: number,
  { project }: LiveProject,
  { engine, clock }: Pick<World, 'engine' | 'clock'>,
  { signal, detail }: Pick<StepContext, 'signal' | 'detail'>,
): Promise<readonly ContainerFacts[]> {
  const until = clock.elapsed() + timeoutSeconds * 1000
  let said = ''
  for (;;) {
    signal.throwIfAborted()
    const containers = await engine.containers(project.name)
    const concerned = containers.filter(({ service }) => services.includes(service ?? ''))
    const ill = concerned.find(isIll)
    if (ill) throw unhealthy(ill)
    const waiting = concerned.filter((container) => !isWell(container))
    if (waiting.length === 0) return containers
    if (clock.elapsed() >= until) throw slow(waiting, timeoutSeconds)
    const says = `waiting for ${waiting.map((container) => `${container.name} (${stateText(container)})`).join(', ')}`
    if (says !== said) detail(says)
    said = says
    await clock.sleep(betweenLooks, signal)
  }
}

/** Whether a container does what it is for. */
export function isWell({ state, health }: Pick<ContainerFacts, 'state' | 'health'>): boolean {
  return state === 'running' && (health === undefined || health === 'healthy')
}

function isIll({ state, health }: ContainerFacts): boolean {
  return state === 'exited' || state === 'dead' || health === 'unhealthy'
}

/** A container's state in two words. */
export function stateText({ state, health }: Pick<ContainerFacts, 'state' | 'health'>): string {
  return health === undefined ? state : `${state}, ${health}`
}

function unhealthy(container: ContainerFacts): Failure {
  const { name, service, state, exitCode, oomKilled } = container
  const why =
    state === 'running'
      ? 'its health check fails'
      : `it ended with exit code ${exitCode.toString()}${oomKilled ? ', out of memory' : ''}`
  return new Failure('failed', 'SERVICE_UNHEALTHY', `${name} is ${stateText(container)}: ${why}`, [
    `ops stack logs ${service ?? name}`,
    'ops stack ps',
  ])
}

function slow(waiting: readonly ContainerFacts[], timeoutSeconds: number): Failure {
  const names = waiting.map((container) => `${container.name} (${stateText(container)})`).join(', ')
  return new Failure(
    'timed-out',
    'SERVICE_SLOW',
    `not healthy after ${timeoutSeconds.toString()} s: ${names}`,
    ['ops stack ps', 'ops stack logs', 'ops stack up --wait DURATION'],
  )
}
