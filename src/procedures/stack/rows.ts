import type { ContainerFacts, ContainerState } from '../../ports/engine.js'
import type { LiveProject } from './project.js'

/** What a container is for: a service keeps running, a job runs once and ends. */
export type Role = 'service' | 'job'

/** One line of `stack ps`: a container, or a service that has none. */
export interface ServiceRow {
  readonly service: string
  readonly container: string | null
  readonly role: Role
  /** `absent`: it was never started, or its container was removed. */
  readonly state: ContainerState | 'absent'
  readonly health: 'starting' | 'healthy' | 'unhealthy' | null
  readonly startedAt: string | null
  readonly finishedAt: string | null
  readonly exitCode: number | null
  readonly outOfMemory: boolean
  readonly restarts: number
  readonly image: string | null
  /** `127.0.0.1:27017->27017/tcp` */
  readonly ports: readonly string[]
}

/** What `stack ps`, `up` and `restart` answer. */
export interface StackState {
  readonly project: string
  readonly services: readonly ServiceRow[]
}

/** Containers of the project, and its services without one. Services of a profile count only where they have one. */
export function stateOf(
  { project, containers }: LiveProject,
  jobs: ReadonlySet<string>,
): StackState {
  const started = new Set(containers.map(({ service }) => service))
  const absent = Object.values(project.services).filter(
    ({ name, profiles }) => !started.has(name) && profiles.length === 0,
  )
  const rows = [
    ...containers.map((container) => rowOf(container, jobs)),
    ...absent.map(({ name, image }) => ({ ...nothing(name, jobs), image: image ?? null })),
  ]
  return {
    project: project.name,
    services: rows.sort(
      (one, other) =>
        one.service.localeCompare(other.service) ||
        (one.container ?? '').localeCompare(other.container ?? ''),
    ),
  }
}

function nothing(service: string, jobs: ReadonlySet<string>): ServiceRow {
  return {
    service,
    container: null,
    role: jobs.has(service) ? 'job' : 'service',
    state: 'absent',
    health: null,
    startedAt: null,
    finishedAt: null,
    exitCode: null,
    outOfMemory: false,
    restarts: 0,
    image: null,
    ports: [],
  }
}

function rowOf(facts: ContainerFacts, jobs: ReadonlySet<string>): ServiceRow {
  const running = facts.state === 'running' || facts.state === 'paused'
  return {
    ...nothing(facts.service ?? facts.name, jobs),
    container: facts.name,
    state: facts.state,
    health: facts.health ?? null,
    startedAt: facts.startedAt ?? null,
    finishedAt: running ? null : (facts.finishedAt ?? null),
    exitCode: running || facts.state === 'created' ? null : facts.exitCode,
    outOfMemory: facts.oomKilled,
    restarts: facts.restarts,
    image: facts.image,
    ports: Object.entries(facts.ports).flatMap(([inside, published]) =>
      published.map(({ host, port }) => `${host}:${port.toString()}->${inside}`),
    ),
  }
}
