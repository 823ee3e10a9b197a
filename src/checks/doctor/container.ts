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
