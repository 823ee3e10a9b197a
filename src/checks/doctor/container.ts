import type { Finding } from '../../domain/finding.js'
import type { ContainerSeen, ImageFacts, Looked } from './evidence.js'
import { blind, broken, doubtful, fine, refused } from './finding.js'

/** Is a target's container there, running and healthy? */
export function judgeContainer(target: string, container: Looked<ContainerSeen>): Finding {
  const id = `${target}.container`
  if (container.state === 'refused' && notThere.has(container.code))
    return refused(id, 'there is no container', container)
  if (container.state !== 'seen') return blind(id, 'the container', container, ['docker ps -a'])
  const { name, service, state, health, exitCode, oomKilled } = container.facts
  const logs = service === undefined ? `docker logs --tail 50 ${name}` : `ops stack logs ${service}`
  if (state === 'paused')
    return broken(id, {
      says: `${name} is paused`,
      because: 'its processes are frozen',
      next: [`docker unpause ${name}`],
    })
  if (state !== 'running')
    return broken(id, {
      says: `${name} is ${state}`,
      because: `exit code ${exitCode.toString()}${oomKilled ? ', it ran out of memory' : ''}`,
      next: [service === undefined ? `docker start ${name}` : `ops stack up ${service}`, logs],
    })
  if (health === 'unhealthy')
    return broken(id, {
      says: `${name} runs, but is unhealthy`,
      because: 'its own health check fails',
      next: [logs],
    })
  if (health === 'starting')
    return doubtful(id, {
      says: `${name} is starting`,
      because: 'its health check has not passed yet',
      next: ['ops doctor', logs],
    })
  return fine(
    id,
    `${name} runs${health === 'healthy' ? ' and is healthy' : ''}`,
    health === undefined ? 'it has no health check' : '',
  )
}

const notThere = new Set(['CONTAINER_NOT_FOUND', 'SERVICE_UNKNOWN', 'STACK_MISSING'])

/** Is the image there from which the container would be made anew? */
export function judgeImage(target: string, image: Looked<ImageFacts>): Finding {
  const id = `${target}.image`
  if (image.state !== 'seen') return blind(id, 'the image', image)
  const { name, present, used } = image.facts
  if (present) return fine(id, `image ${name} is on this engine`)
  const words = {
    says: `image ${name} is not on this engine`,
    next: [`docker pull ${name}   (or: docker compose build)`],
  }
  return used
    ? doubtful(id, { ...words, because: 'the container runs, but could not be made anew' })
    : broken(id, { ...words, because: 'the container cannot be started without it' })
}

/** Who can reach the database's port? `open` where the server asks nobody for a password. */
export function judgePort(
  target: string,
  container: Looked<ContainerSeen>,
  open: boolean,
): Finding {
  const id = `${target}.port`
  if (container.state !== 'seen') return blind(id, 'where the port is published', container)
  const published = Object.entries(container.facts.ports).flatMap(([inside, places]) =>
    places.map(({ host, port }) => ({ host, text: `${host || '*'}:${port.toString()}`, inside })),
  )
  const exposed = published.filter(({ host }) => !isLoopback(host))
  const [first] = exposed
  if (!first)
    return fine(
      id,
      published.length === 0
        ? 'no port is published: only containers beside it reach the database'
        : `published on this machine only (${published.map(({ text }) => text).join(', ')})`,
    )
  const places = exposed.map(({ text }) => text).join(', ')
  const inside = first.inside.replace(/\/tcp$/, '')
  const words = {
    says: `the database can be reached from other machines at ${places}`,
    next: [
      `ports: ["127.0.0.1:${inside}:${inside}"]   (in the compose file, then: ops stack up ${container.facts.service ?? container.facts.name})`,
    ],
  }
  const firewall = "a port that Docker publishes is not held back by the machine's firewall"
  return open
    ? broken(id, { ...words, because: `${firewall}, and the server asks nobody for a password` })
    : doubtful(id, { ...words, because: firewall })
}

function isLoopback(host: string): boolean {
  return host === '::1' || host === 'localhost' || host.startsWith('127.')
}
