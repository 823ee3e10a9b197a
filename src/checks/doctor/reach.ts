import { isLoopback } from '../../domain/connectionUri.js'
import type { Finding } from '../../domain/finding.js'
import type { ContainerSeen, Looked, Published, TargetEvidence } from './evidence.js'
import { blind, broken, doubtful, fine, unknown } from './finding.js'
import { seen } from './look.js'

/** States in which the engine tells where ports are published. */
const up: ReadonlySet<string> = new Set(['running', 'paused'])

const firewall = "a port that Docker publishes is not held back by the machine's firewall"

/**
 * Who can reach the database's port? `open` where the server asks nobody for a password. The container that runs counts;
 * `planned` is what the compose files would make of the next one.
 */
export function judgePort(
  target: string,
  container: Looked<ContainerSeen>,
  open: boolean,
  planned?: Looked<readonly Published[]>,
): Finding {
  const id = `${target}.port`
  const coming = exposedOf(seen(planned) ?? [])
  if (container.state !== 'seen' || !up.has(container.facts.state)) {
    if (coming.length > 0) return comes(id, coming)
    if (container.state !== 'seen') return blind(id, 'where the port is published', container)
    if (planned?.state === 'seen')
      return fine(
        id,
        planned.facts.length === 0
          ? 'the compose files publish no port'
          : `the compose files publish it on this machine only (${textOf(planned.facts)})`,
      )
    return unknown(id, {
      says: 'it is not known where the port is published',
      because: `${container.facts.name} is ${container.facts.state}: the engine tells it of containers that run`,
      next: ['ops doctor'],
    })
  }
  const { name, service, listensOn } = container.facts
  const published = publishedBy(container.facts)
  const exposed = exposedOf(published)
  const [first] = exposed
  if (!first) {
    if (coming.length > 0) return comes(id, coming)
    const nobody = 'no port is published: only containers beside it reach the database'
    return fine(
      id,
      published.length === 0 ? nobody : `published on this machine only (${textOf(published)})`,
    )
  }
  const words = {
    says: `the database can be reached from other machines at ${textOf(exposed)}`,
    next: listensOn
      ? [
          `mongod --bind_ip 127.0.0.1   (the container shares this machine's network; in the compose file, then: ops stack up ${service ?? name})`,
        ]
      : [
          `ports: ["127.0.0.1:${first.inside}:${first.inside}"]   (in the compose file, then: ops stack up ${service ?? name})`,
        ],
  }
  const why = listensOn ? `${name} listens there itself, on the network of its machine` : firewall
  return open
    ? broken(id, { ...words, because: `${why}, and the server asks nobody for a password` })
    : doubtful(id, { ...words, because: why })
}

/** Whether machines other than the one it runs on can reach a target's server, as far as that was seen. */
export function isExposed({
  container,
  wire,
}: Pick<TargetEvidence, 'container' | 'wire'>): boolean {
  const facts = seen(container)
  if (facts && up.has(facts.state)) return exposedOf(publishedBy(facts)).length > 0
  return (seen(wire)?.elsewhere.length ?? 0) > 0
}

/**
 * Where the port that a container's server listens on can be reached. Other ports are of other programs (an exporter, a debugger); where it
 * is not known which one is the server's, each may be.
 */
function publishedBy({ ports, serverPort, listensOn }: ContainerSeen): readonly Published[] {
  const bound = Object.entries(ports).flatMap(([name, places]) => {
    const [inside = '', protocol = 'tcp'] = name.split('/')
    if (protocol !== 'tcp') return []
    if (serverPort !== undefined && Number(inside) !== serverPort) return []
    return places.map(({ host, port }) => ({ host, port: port.toString(), inside }))
  })
  return [...bound, ...(listensOn ?? [])]
}

/** Those of the places that are not this machine's own; without an address it is every one. */
function exposedOf(places: readonly Published[]): readonly Published[] {
  return places.filter(({ host }) => host === '' || !isLoopback(host))
}

function comes(id: string, coming: readonly Published[]): Finding {
  const inside = coming[0]?.inside ?? ''
  return doubtful(id, {
    says: `the compose files publish the database to other machines at ${textOf(coming)}`,
    because: `the next "ops stack up" makes it so; ${firewall}`,
    next: [`ports: ["127.0.0.1:${inside}:${inside}"]   (in the compose file)`],
  })
}

function textOf(places: readonly Published[]): string {
  return places.map(({ host, port }) => `${host || '*'}:${port}`).join(', ')
}
