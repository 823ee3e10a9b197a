import type { ComposeProject } from '../../ports/compose.js'
import type { ContainerFacts } from '../../ports/engine.js'

/** By which names one database is known within a stack, and by which its neighbours are. In lower case. */
export interface Neighbourhood {
  readonly own: ReadonlySet<string>
  readonly others: ReadonlySet<string>
  /** Of the machine that all of it runs on: what is published is reached by them. */
  readonly machine: ReadonlySet<string>
}

/** Names by which a container reaches the machine that it runs on (https://docs.docker.com/desktop/features/networking/). */
const machineNames = ['host.docker.internal', 'gateway.docker.internal', 'host.containers.internal']

/** Of a machine, in numbers: of version 4 or 6. */
const address = /^[\d.]+$|:/

/** The names in a project: services, containers, what they go by in their networks, and their addresses. */
export function neighbourhood(
  service: string,
  { services }: ComposeProject,
  containers: readonly ContainerFacts[],
  host: string,
): Neighbourhood {
  const names = (wanted: (service: string | undefined) => boolean) =>
    new Set(
      [
        ...Object.values(services)
          .filter(({ name }) => wanted(name))
          .flatMap(({ name, containerName }) => [name, containerName ?? []].flat()),
        ...containers.filter((one) => wanted(one.service)).flatMap(namesOf),
      ].map((name) => name.toLowerCase()),
    )
  return {
    own: names((name) => name === service),
    others: names((name) => name !== service),
    machine: new Set([...machineNames, host.toLowerCase()]),
  }
}

function namesOf({ name, networks = {}, addresses }: ContainerFacts): readonly string[] {
  return [name, ...Object.values(networks).flat(), ...Object.values(addresses)]
}

/**
 * Where hosts lead as a service of the stack sees them: to this database, somewhere else, or nobody can tell by the name: this
 * machine, an address, a name without a domain that somebody may have given it.
 */
export function leadsTo(
  hosts: readonly string[],
  { own, others, machine }: Neighbourhood,
): 'here' | 'elsewhere' | 'unknown' {
  if (hosts.some((host) => own.has(host))) return 'here'
  const left = hosts.filter((host) => !others.has(host))
  const open = left.filter(
    (host) =>
      machine.has(host) || address.test(host) || !host.includes('.') || host.startsWith('/'),
  )
  return hosts.length > 0 && open.length === 0 ? 'elsewhere' : 'unknown'
}
