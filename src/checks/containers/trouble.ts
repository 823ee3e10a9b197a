import type { ContainerFacts } from '../../ports/engine.js'
import { ending } from './ending.js'
import { linesOfLastRun } from './lastRun.js'
import { reasonIn, type Reason } from './reasons.js'
import { shownLine } from './shownLine.js'

/** Everything that one container is judged by. */
export interface ContainerEvidence {
  /** The service, or the container's own name where it belongs to none. */
  readonly service: string
  /** Absent where there is no container. */
  readonly facts?: ContainerFacts
  readonly image: { readonly name: string; readonly present: boolean }
  /** Its last lines, newest last. */
  readonly lines: readonly string[]
  /** Whether a mongod runs in it. */
  readonly mongod: boolean
  /** Whether something that it depends on is ill: then what it complains of may end with that. */
  readonly dependencyIll?: boolean
  /** Why it must not be started now; absent where nothing speaks against it. */
  readonly mustWait?: string
  /** What is missing of the volume that its data were on, where it is a server without a container. */
  readonly volumeMissing?: string
  /** Whether somebody asked for this very one. */
  readonly named?: boolean
  /** Whether its restart policy, or a service that waits for its success, says that it runs once and is done. */
  readonly runsOnce?: boolean
}

/** What is wrong with a container. */
export type TroubleKind =
  | 'missing'
  | 'image missing'
  | 'never started'
  | 'paused'
  | 'ended'
  | 'killed for memory'
  | 'dead'
  | 'restart loop'
  | 'unhealthy'
  | 'still starting'
  | 'held back'
  | 'data volume missing'

/** What brings it back: `stop` ends a loop that nothing else would end, `none` is for what a start would not cure. */
export type Cure =
  'create' | 'recreate' | 'start' | 'restart' | 'unpause' | 'wait' | 'stop' | 'none'

/** A container that does not do what it is for: what, why, and what helps. */
export interface Trouble {
  readonly service: string
  readonly container: string | null
  readonly kind: TroubleKind
  readonly says: string
  readonly because: string
  /** The line of its log that says why; null where none does. */
  readonly evidence: string | null
  readonly cure: Cure
  readonly next: readonly string[]
}

/** So many restarts, the last one within so many milliseconds: it does not get up. */
const loop = { restarts: 3, within: 60_000 }

/** What is wrong with a container, from evidence alone; nothing where it is well. `now` is RFC 3339 UTC. */
export function troubleOf(evidence: ContainerEvidence, now: string): Trouble | undefined {
  const { facts, service, lines, mongod, mustWait } = evidence
  if (!facts) return held(absent(evidence), mustWait)
  // Of a loop, the runs before this one say why they ended.
  const own = isLoop(facts, now) ? lines : linesOfLastRun(lines, facts.startedAt)
  const reason = endedFromOutside(facts) ? undefined : reasonIn(own, mongod)
  const found = judge(evidence, facts, reason, own, now)
  if (!found) return undefined
  const trouble = {
    service,
    container: facts.name,
    evidence: reason ? shownLine(reason.line, facts) : null,
    next: [...(reason?.next ?? []), `ops stack logs ${service}`],
    ...found,
  }
  return held(trouble, mustWait)
}

/** What must not run now is left as it is, whatever ails it. */
function held(trouble: Trouble, mustWait: string | undefined): Trouble {
  if (mustWait === undefined || trouble.cure === 'stop') return trouble
  return { ...trouble, kind: 'held back', because: mustWait, evidence: null, cure: 'none' }
}

type Judged = Pick<Trouble, 'kind' | 'says' | 'because' | 'cure'> & Partial<Pick<Trouble, 'next'>>

function judge(
  evidence: ContainerEvidence,
  facts: ContainerFacts,
  reason: Reason | undefined,
  lines: readonly string[],
  now: string,
): Judged | undefined {
  const { service, mongod } = evidence
  const { state, oomKilled } = facts
  if (state === 'paused') {
    const because = 'somebody paused it: its processes stand still, and nothing is lost'
    return { kind: 'paused', says: `${service} is paused`, because, cure: 'unpause' }
  }
  if (isLoop(facts, now)) return loopOf(evidence, facts, reason)
  if (state === 'restarting') {
    const because = `the engine is about to start it again: ${ending(facts, mongod)}`
    return { kind: 'still starting', says: `${service} is being started`, because, cure: 'wait' }
  }
  if (state === 'running') return runningOf(evidence, facts, reason, lines)
  if (state === 'created') {
    const because = reason?.says ?? 'it was made and never started'
    return {
      kind: 'never started',
      says: `${service} never ran`,
      because,
      cure: cureOfEnded(mongod, reason),
    }
  }
  if (state === 'dead' || state === 'removing') {
    const because = 'the engine could not remove it cleanly'
    return { kind: 'dead', says: `${service} is ${state}`, because, cure: 'recreate' }
  }
  if (oomKilled) {
    const next = ['raise its memory limit in the compose file', 'ops stack stats']
    const because = ending(facts, mongod)
    return { kind: 'killed for memory', says: `${service} ended`, because, cure: 'start', next }
  }
  if (isDone(evidence, facts)) return undefined
  return {
    kind: 'ended',
    says: `${service} ended`,
    because: reason?.says ?? ending(facts, mongod),
    cure: cureOfEnded(mongod, reason),
  }
}

/**
 * What a server logs that listens, by the messages of mongod: of one that has run for long its beginning is not among its last lines.
 */
const listening = /Waiting for connections|Connection (accepted|ended)|client metadata/

function loopOf(
  { service, dependencyIll = false }: ContainerEvidence,
  { state, restarts, ...facts }: ContainerFacts,
  reason: Reason | undefined,
): Judged {
  const how = state === 'restarting' ? ` (${ending({ state, restarts, ...facts }, false)})` : ''
  const because = reason?.says ?? `its log does not say why${how}`
  // What waits for something else gets up once that is there; everything else only feeds the loop.
  const waits = reason?.kind === 'dependency unreachable' || (!reason?.hopeless && dependencyIll)
  const says = `${service} starts over and over, ${restarts.toString()} times so far`
  return { kind: 'restart loop', says, because, cure: waits ? 'restart' : 'stop' }
}

function runningOf(
  { service, mongod }: ContainerEvidence,
  { health }: ContainerFacts,
  reason: Reason | undefined,
  lines: readonly string[],
): Judged | undefined {
  if (health === 'starting') {
    const because = 'its health check has not passed yet'
    return { kind: 'still starting', says: `${service} is starting`, because, cure: 'wait' }
  }
  if (health !== 'unhealthy') return undefined
  const says = `${service} runs and is ill`
  if (mongod && lines.length > 0 && !lines.some((line) => listening.test(line))) {
    const because =
      'it has not opened its port since it was started: it may be recovering, which a restart would begin anew'
    return { kind: 'still starting', says, because, cure: 'wait' }
  }
  const because = reason?.says ?? 'its health check fails, and its log does not say why'
  return { kind: 'unhealthy', says, because, cure: mongod && reason?.hopeless ? 'none' : 'restart' }
}

/** A server's own complaint is believed; what another program complains of is tried once more. */
function cureOfEnded(mongod: boolean, reason: Reason | undefined): Cure {
  return mongod && reason?.hopeless === true ? 'none' : 'start'
}

/** What runs once, and did so without an error, is not ill; unless somebody asks for it by name. */
function isDone(
  { runsOnce = false, named = false, mongod }: ContainerEvidence,
  { exitCode }: ContainerFacts,
): boolean {
  return exitCode === 0 && runsOnce && !named && !mongod
}

function absent({ service, image, volumeMissing }: ContainerEvidence): Trouble {
  const common = { service, container: null, evidence: null, cure: 'create' as const }
  if (volumeMissing !== undefined) {
    return {
      ...common,
      kind: 'data volume missing',
      says: `${service} has no container, and its data is not where it was`,
      because: `${volumeMissing}: made again now, it would begin with an empty database`,
      cure: 'none',
      next: [
        'docker volume ls',
        'ops backup list',
        'ops stack up   (an empty server)',
        'ops restore',
      ],
    }
  }
  if (image.present) {
    return {
      ...common,
      kind: 'missing',
      says: `${service} has no container`,
      because: 'it was removed, or never made; its image is here',
      next: ['ops stack ps'],
    }
  }
  return {
    ...common,
    kind: 'image missing',
    says: `${service} has no container, and its image ${image.name} is not here`,
    because: 'both were removed, or never there: compose fetches or builds the image',
    next: [`docker pull ${image.name}`, 'ops stack up'],
  }
}

/** Exit codes of what was told to end: whatever its log complains of is not why. */
const fromOutside: ReadonlySet<number> = new Set([0, 137, 143])

function endedFromOutside({ state, exitCode }: ContainerFacts): boolean {
  return state === 'paused' || (state === 'exited' && fromOutside.has(exitCode))
}

function isLoop({ state, health, restarts, startedAt }: ContainerFacts, now: string): boolean {
  if (restarts < loop.restarts || health === 'healthy') return false
  if (state === 'restarting') return true
  if (state !== 'running' || startedAt === undefined) return false
  return Date.parse(now) - Date.parse(startedAt) < loop.within
}
