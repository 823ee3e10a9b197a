import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import type { Plan, Procedure } from '../plan.js'
import { requireWholeMember } from '../replicaSet/scene.js'
import { untilHealthy } from './health.js'
import { servicesNamed } from './names.js'
import { jobsOf, lookAtProject, targetsOf, type LiveProject } from './project.js'
import { stateOf, type StackState } from './rows.js'

/** What starting and restarting need to know. */
export interface LifecycleRequest {
  /** Services or containers; all services but jobs where none is named. */
  readonly names: readonly string[]
  readonly targets: readonly Target[]
  /** How long to wait for health. */
  readonly timeoutSeconds: number
}

/** Starts services and waits for their health. The job is never started by it: it empties what it loads into. */
export const stackUp: Procedure<LifecycleRequest, StackState, World> = {
  id: 'stack up',
  summary: 'start the services of the stack and wait until they are healthy',

  async plan(request, world) {
    const live = await lookAtProject(world)
    const jobs = jobsOf(live.stack, request.targets)
    const services = chosen(request, live, jobs, 'stack up', startable(live, jobs))
    for (const target of targetsOf(Object.keys(live.project.services), request.targets, live))
      await requireWholeMember(target, live.stack, world)
    return lifecyclePlan('stack up', services, request, live, world, (run) =>
      world.compose.up(
        live.stack,
        services,
        { timeoutSeconds: request.timeoutSeconds },
        run.detail,
        run.signal,
      ),
    )
  },
}

/** Restarts services and waits for their health. A job is not restarted: that would run it. */
export const stackRestart: Procedure<LifecycleRequest, StackState, World> = {
  id: 'stack restart',
  summary: 'restart services of the stack and wait until they are healthy',

  async plan(request, world) {
    const live = await lookAtProject(world)
    const jobs = jobsOf(live.stack, request.targets)
    const started = new Set(live.containers.map(({ service }) => service ?? ''))
    const services = chosen(request, live, jobs, 'stack restart', [...started])
    const absent = services.filter((service) => !started.has(service))
    if (absent.length > 0) {
      throw new Failure(
        'not-found',
        'CONTAINER_NOT_FOUND',
        `${absent.join(', ')}: there is no container to restart`,
        [`ops stack up ${absent.join(' ')}`],
      )
    }
    return lifecyclePlan('stack restart', services, request, live, world, (run) =>
      world.compose.restart(live.stack, services, run.detail, run.signal),
    )
  },
}

function startable({ project }: LiveProject, jobs: ReadonlySet<string>): readonly string[] {
  return Object.values(project.services)
    .filter(({ name, profiles }) => profiles.length === 0 && !jobs.has(name))
    .map(({ name }) => name)
}

/** Services to work on. Throws `SERVICE_UNKNOWN` (not-found), `JOB_NOT_SERVICE` (refused). */
function chosen(
  { names }: LifecycleRequest,
  live: LiveProject,
  jobs: ReadonlySet<string>,
  command: string,
  all: readonly string[],
): readonly string[] {
  if (names.length === 0) return all.filter((service) => !jobs.has(service))
  const services = servicesNamed(names, live)
  const job = services.find((service) => jobs.has(service))
  if (job === undefined) return services
  throw new Failure(
    'refused',
    'JOB_NOT_SERVICE',
    `${job} is a job that writes to the database when it is started; "ops ${command}" does not run it`,
    ['ops pipeline run', 'ops pipeline status'],
  )
}

function lifecyclePlan(
  command: string,
  services: readonly string[],
  { targets, timeoutSeconds }: LifecycleRequest,
  live: LiveProject,
  world: World,
  act: Plan<StackState>['steps'][number]['run'],
): Plan<StackState> {
  const { project } = live
  const jobs = jobsOf(live.stack, targets)
  const names = services.join(', ')
  const verb = command === 'stack up' ? 'Start' : 'Restart'
  let after: StackState | undefined
  return {
    command,
    target: project.name,
    title: `${verb.toLowerCase()} ${names || 'nothing: the project has no service'}`,
    facts: [
      ['Project', project.name],
      ['Services', names || 'none'],
    ],
    loses: [],
    holds: 'lock',
    locks: targetsOf(services, targets, live).map(({ name }) => name),
    steps: [
      { title: `${verb} ${names}`, effect: 'changes', run: act },
      {
        title: 'Wait until they are healthy',
        effect: 'reads',
        async run(context) {
          const found = await untilHealthy(services, timeoutSeconds, live, world, context)
          after = stateOf({ ...live, containers: found }, jobs)
        },
      },
    ],
    result: () => after ?? stateOf(live, jobs),
  }
}
