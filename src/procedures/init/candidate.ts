import type { ComposeProject, ComposeService } from '../../ports/compose.js'
import type { ContainerFacts } from '../../ports/engine.js'
import type { InitFacts } from './initFacts.js'

/** Something that may run a database server: a compose service, or a container outside the project. */
export interface Candidate {
  readonly kind: 'service' | 'container'
  readonly name: string
  readonly image?: string
  /** What is run instead of what the image would run; empty where the image decides. */
  readonly program: readonly string[]
  /** Holds secrets: only names, and values that are no secrets, may leave here. */
  readonly environment: Readonly<Record<string, string>>
  /** Ports inside the container. */
  readonly ports: readonly number[]
  /** Whether one of them can be reached from this machine. */
  readonly published: boolean
  readonly mounts: readonly {
    readonly type: string
    readonly source?: string
    readonly destination: string
  }[]
  /** Names of the services it waits for. */
  readonly dependsOn: readonly string[]
  /** Names under which others reach it. */
  readonly hosts: readonly string[]
  readonly service?: ComposeService
  /** The container that runs it now, or ran it last. */
  readonly container?: ContainerFacts
}

/** The services of the project, and the running containers that belong to none of them. */
export function candidates(facts: InitFacts): readonly Candidate[] {
  const project = facts.compose?.project
  const services = project === undefined ? [] : Object.values(project.services)
  const outside = facts.containers.filter(
    (container) =>
      container.state === 'running' &&
      (project === undefined || container.project !== project.name),
  )
  return [
    ...services.map((service) => fromService(service, project, facts.containers)),
    ...outside.map(fromContainer),
  ]
}

function fromService(
  service: ComposeService,
  project: ComposeProject | undefined,
  containers: readonly ContainerFacts[],
): Candidate {
  const container = containers.find(
    (one) => one.project === project?.name && one.service === service.name,
  )
  return {
    kind: 'service',
    name: service.name,
    ...(service.image === undefined ? {} : { image: service.image }),
    program: [...(service.entrypoint ?? []), ...(service.command ?? [])],
    environment: service.environment,
    ports: service.ports.map((port) => port.container),
    published: service.ports.length > 0,
    mounts: [...(service.mounts ?? []), ...(container?.mounts ?? [])],
    dependsOn: Object.keys(service.dependsOn),
    hosts: [service.name, ...(service.containerName === undefined ? [] : [service.containerName])],
    service,
    ...(container === undefined ? {} : { container }),
  }
}

function fromContainer(container: ContainerFacts): Candidate {
  const ports = Object.entries(container.ports)
  return {
    kind: 'container',
    name: container.name,
    image: container.image,
    program: container.command,
    environment: container.environment,
    ports: ports.map(([port]) => Number.parseInt(port, 10)),
    published: ports.some(([, published]) => published.length > 0),
    mounts: container.mounts,
    dependsOn: [],
    hosts: [container.name, ...(container.service === undefined ? [] : [container.service])],
    container,
  }
}
