import type { ContainerFacts } from '../../ports/engine.js'
import { ending } from './ending.js'
import { linesOfLastRun } from './lastRun.js'
import { reasonIn, type Reason } from './reasons.js'

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

/** Longer lines of a log are cut: mongod's may hold a whole document. */
const longestLine = 300

/** What is wrong with a container, from evidence alone; nothing where it is well. `now` is RFC 3339 UTC. */
export function troubleOf(evidence: ContainerEvidence, now: string): Trouble | undefined {
  const { facts, service, lines } = evidence
  if (!facts) return absent(evidence)
  // Of a loop, the runs before this one say why they ended.
  const own = isLoop(facts, now) ? lines : linesOfLastRun(lines, facts.startedAt)
  const reason = endedFromOutside(facts) ? undefined : reasonIn(own)
  const found = judge(evidence, facts, reason, now)
  if (!found) return undefined
  const logs = `ops stack logs ${service}`
  return {
    service,
    container: facts.name,
    evidence: reason ? shortened(reason.line) : null,
    next: [...(reason?.next ?? []), logs],
    ...found,
  }
}

type Judged = Pick<Trouble, 'kind' | 'says' | 'because' | 'cure'> & Partial<Pick<Trouble, 'next'>>

function judge(
  { service, mongod }: ContainerEvidence,
  facts: ContainerFacts,
  reason: Reason | undefined,
  now: string,
): Judged | undefined {
  const { state, health, oomKilled, restarts } = facts
  const why = (otherwise: string) => reason?.says ?? otherwise
  const unless = (cure: Cure, instead: Cure) => (reason?.hopeless === true ? instead : cure)
  if (state === 'paused') {
    const because = 'somebody paused it: its processes stand still, and nothing is lost'
    return { kind: 'paused', says: `${service} is paused`, because, cure: 'unpause' }
  }
  if (isLoop(facts, now)) {
    const how = state === 'restarting' ? ` (${ending(facts, mongod)})` : ''
    const because = why(`its log does not say why${how}`)
    // What waits for something else gets up once that is there; everything else only feeds the loop.
    const cure = reason?.kind === 'dependency unreachable' ? 'restart' : 'stop'
    const says = `${service} starts over and over, ${restarts.toString()} times so far`
    return { kind: 'restart loop', says, because, cure }
  }
  if (state === 'running' && health === 'unhealthy') {
    const because = why('its health check fails, and its log does not say why')
    return {
      kind: 'unhealthy',
      says: `${service} runs and is ill`,
      because,
      cure: unless('restart', 'none'),
    }
  }
  if (state === 'running') {
    if (health !== 'starting') return undefined
    const because = 'its health check has not passed yet'
    return { kind: 'still starting', says: `${service} is starting`, because, cure: 'wait' }
  }
  if (state === 'created') {
    const because = why('it was made and never started')
    return {
      kind: 'never started',
      says: `${service} never ran`,
      because,
      cure: unless('start', 'none'),
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
  return {
    kind: 'ended',
    says: `${service} ended`,
    because: why(ending(facts, mongod)),
    cure: unless('start', 'none'),
  }
}

function absent({ service, image }: ContainerEvidence): Trouble {
  const common = { service, container: null, evidence: null, cure: 'create' as const }
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

function isLoop({ state, restarts, startedAt }: ContainerFacts, now: string): boolean {
  if (state === 'restarting') return true
  if (state !== 'running' || restarts < loop.restarts || startedAt === undefined) return false
  return Date.parse(now) - Date.parse(startedAt) < loop.within
}

function shortened(line: string): string {
  return line.length > longestLine ? `${line.slice(0, longestLine)}…` : line
}
