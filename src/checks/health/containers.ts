import type { Finding } from '../../domain/finding.js'
import type { ContainerFacts } from '../../ports/engine.js'
import { troubleOf, type Trouble } from '../containers/trouble.js'
import { blind, broken, doubtful, fine } from '../doctor/finding.js'
import { span } from '../doctor/words.js'
import type { ContainerSeen, HealthEvidence } from './evidence.js'

/** Seconds for which it is worth a word that the engine started a container again by itself. */
const recently = 600

/** Does every container of the stack do what it is for? No finding where the configuration names no compose project. */
export function judgeContainers({
  containers,
  at,
}: Pick<HealthEvidence, 'containers' | 'at'>): readonly Finding[] {
  if (!containers) return []
  if (containers.state !== 'seen')
    return [blind('container', 'the containers', containers, ['ops stack ps'])]
  const all = containers.facts
  return all.flatMap((seen) => {
    const name = nameIn(all, seen)
    return [judgeContainer(`container:${name}`, seen, at), ...judgeImage(`image:${name}`, seen)]
  })
}

/** What ids call a container: its service, and where that has several its own name besides. */
export function nameIn(
  all: readonly ContainerSeen[],
  { service, container }: ContainerSeen,
): string {
  const isOne = all.filter((other) => other.service === service).length === 1
  return isOne || container === null ? service : `${service}:${container}`
}

function judgeContainer(id: string, seen: ContainerSeen, at: string): Finding {
  const { service, role, state } = seen
  const name = seen.container ?? service
  const isJob = role === 'job'
  if (state === 'absent' && isJob) return fine(id, `the job ${name} was not run yet`)
  const facts = factsOf(seen)
  const trouble = troubleOf(
    {
      service,
      ...(facts ? { facts } : {}),
      image: { name: seen.image.named ?? seen.image.name, present: seen.image.namedId !== null },
      lines: [],
      mongod: seen.server,
      runsOnce: seen.runsOnce || isJob,
    },
    at,
  )
  const value = { state, health: seen.health, restarts: seen.restarts, exitCode: exitCodeOf(seen) }
  if (trouble) return isJob ? judgeJob(id, seen, trouble, value) : ill(id, seen, trouble, value)
  const again = startedAgain(seen, at)
  if (again !== undefined)
    return doubtful(id, {
      says: `${name} ended, and was started again ${span(again)} ago`,
      because: `the engine has restarted it ${seen.restarts.toString()} times so far`,
      next: [`ops stack logs ${service} --since 1h`, `ops dr container ${service}`],
      value,
    })
  const how = seen.health === 'healthy' ? 'runs and is healthy' : stateWords(seen)
  return fine(id, `${name} ${how}`, '', value)
}

function stateWords({ state, exitCode }: ContainerSeen): string {
  if (state === 'running') return 'runs'
  return exitCode === 0 ? 'has done its work' : `is ${state}`
}

function ill(id: string, { service }: ContainerSeen, trouble: Trouble, value: unknown): Finding {
  const { kind, says, because, next } = trouble
  const first = `ops dr container ${service}`
  const words = { says, because, next: [first, ...next.filter((one) => one !== first)], value }
  return kind === 'still starting' ? doubtful(id, words) : broken(id, words)
}

/** A job keeps nobody waiting; and one that somebody stopped has failed at nothing. */
function judgeJob(id: string, seen: ContainerSeen, trouble: Trouble, value: unknown): Finding {
  const name = seen.container ?? seen.service
  const stopped = seen.state === 'exited' && !seen.outOfMemory && [137, 143].includes(seen.exitCode)
  if (stopped)
    return doubtful(id, {
      says: `the job ${name} was stopped before it was done`,
      because: `exit code ${seen.exitCode.toString()}: it was told to end from outside`,
      next: ['ops pipeline status', 'ops pipeline run'],
      value,
    })
  const { says, because } = trouble
  return doubtful(id, {
    says: `the job did not do its work: ${says}`,
    because,
    next: ['ops pipeline status', `ops stack logs ${seen.service}`],
    value,
  })
}

/** Seconds since the engine started it again by itself, where that is news. */
function startedAgain({ state, restarts, startedAt }: ContainerSeen, at: string) {
  if (state !== 'running' || restarts === 0 || startedAt === null) return undefined
  const seconds = (Date.parse(at) - Date.parse(startedAt)) / 1000
  return seconds >= 0 && seconds < recently ? seconds : undefined
}

/** Is what runs what the compose files name now? A container goes on with the image that it was made from. */
function judgeImage(id: string, { service, container, state, image }: ContainerSeen) {
  const { named, namedId, name } = image
  if (container === null || named === null) return []
  const next = [`ops stack up ${service}`]
  if (name !== named)
    return [
      doubtful(id, {
        says: `${container} was made from ${name}, and the compose files name ${named}`,
        because: 'it goes on with the old one until it is made again',
        next,
      }),
    ]
  if (namedId === null)
    return [
      (state === 'running' ? doubtful : broken)(id, {
        says: `the image ${named} of ${container} is not on this engine`,
        because: 'the container could not be made again',
        next: [`docker pull ${named}`],
      }),
    ]
  if (namedId === image.id) return [fine(id, `${container} is made from ${named} as it is now`)]
  return [
    doubtful(id, {
      says: `${container} was made from an older ${named}`,
      because:
        'the name leads to another image since; it goes on with the old one until it is made again',
      next,
    }),
  ]
}

function exitCodeOf({ state, exitCode }: ContainerSeen): number | null {
  return state === 'exited' || state === 'dead' ? exitCode : null
}

/** As the rules for containers want it; what they read of the rest is in no evidence. */
function factsOf(seen: ContainerSeen): ContainerFacts | undefined {
  const { container, state, health, startedAt, image } = seen
  if (container === null || state === 'absent') return undefined
  return {
    id: container,
    name: container,
    image: image.name,
    imageId: image.id,
    state,
    ...(health === null ? {} : { health }),
    exitCode: seen.exitCode,
    oomKilled: seen.outOfMemory,
    restarts: seen.restarts,
    ...(startedAt === null ? {} : { startedAt }),
    service: seen.service,
    command: [],
    environment: {},
    ports: {},
    addresses: {},
    mounts: [],
    memoryLimit: seen.memoryLimit,
  }
}
