import type { ComposeProject, ComposeService, Compose } from '../../src/ports/compose.js'
import type { ContainerFacts, Engine } from '../../src/ports/engine.js'
import { container, FakeStack } from './stack.js'

/** A service as a compose file has it. */
export function service(name: string, changes: Partial<ComposeService> = {}): ComposeService {
  return {
    name,
    image: 'ops-mongo:6.0.5',
    environment: {},
    profiles: [],
    dependsOn: {},
    ports: [],
    volumes: [],
    healthcheck: false,
    ...changes,
  }
}

/** The hospital's compose project: a database, a loader, a user interface of a profile, and an API. */
export const healthcare: ComposeProject = {
  name: 'healthcare',
  services: {
    mongodb: service('mongodb', { containerName: 'healthcare_db', healthcheck: true }),
    migration_app: service('migration_app', { dependsOn: { mongodb: 'service_healthy' } }),
    mongo_express: service('mongo_express', { profiles: ['ui'] }),
    api: service('api', { dependsOn: { mongodb: 'service_started' } }),
  },
  volumes: [
    { key: 'mongo_data', name: 'healthcare_mongo_data', external: false },
    { key: 'archive', name: 'archive', external: true },
  ],
}

/** Engine and compose of that project in memory; `job` decides what running the job does, `logs` what was logged. */
export class FakeProject {
  readonly stack: FakeStack
  project: ComposeProject = healthcare
  job: (say: (line: string) => void, variables: Readonly<Record<string, string>>) => number = () =>
    0
  logs: Readonly<Record<string, readonly string[]>> = {}

  constructor(containers: ContainerFacts[] = [container('mongodb'), container('api')]) {
    this.stack = new FakeStack(containers)
  }

  get log(): readonly string[] {
    return this.stack.log
  }

  engine(): Engine {
    return this.stack.engine()
  }

  compose(): Compose {
    const { log } = this.stack
    const base = this.stack.compose()
    return {
      ...base,
      project: () => Promise.resolve(this.project),
      up: (_stack, services) => {
        log.push(`up ${services.join(' ')}`)
        const missing = services.filter(
          (name) => !this.stack.containers.some((one) => one.service === name),
        )
        this.stack.containers.push(...missing.map((name) => container(name)))
        return Promise.resolve()
      },
      make: (_stack, name, { anew }) => {
        log.push(`${anew ? 'make anew' : 'make'} ${name}`)
        this.stack.containers.push(container(name))
        return Promise.resolve()
      },
      down: (_stack, { volumes }) => {
        log.push(volumes ? 'down with volumes' : 'down')
        this.stack.containers.splice(0)
        return Promise.resolve()
      },
      run: (_stack, name, variables, say) => {
        log.push(`run ${name}`)
        return Promise.resolve(this.job(say, variables))
      },
      logs: (_stack, services, options, say) => {
        log.push(`logs ${services.join(' ')} ${JSON.stringify(options)}`)
        services.flatMap((name) => this.logs[name] ?? []).forEach(say)
        return Promise.resolve()
      },
      lastLines: async (name, count, { signal } = {}) => {
        signal?.throwIfAborted()
        return Promise.resolve((this.logs[name] ?? []).slice(-count))
      },
    }
  }
}
