import type { Looked } from '../../checks/doctor/evidence.js'
import { look, seen, type Watch } from '../../checks/doctor/look.js'
import type { HealthEvidence, RetentionSeen } from '../../checks/health/evidence.js'
import { severitiesOf } from '../../checks/health/judge.js'
import { wantsKind } from '../../checks/health/select.js'
import type { FindingSource } from '../../checks/health/source.js'
import type { Promised } from '../../checks/status/evidence.js'
import type { HealthRun } from '../../domain/health.js'
import type { Target } from '../../domain/target.js'
import type { HealthHistory } from '../../ports/healthHistory.js'
import type { MachineVitals } from '../../ports/machineVitals.js'
import type { World } from '../../ports/world.js'
import type { RetentionSettings } from '../retention/examineShelf.js'
import { lookAtStatus } from '../status/lookAtStatus.js'
import { endingWithin } from '../underWay.js'
import { containersOf } from './lookAtContainers.js'
import { lookAtServer } from './lookAtServer.js'
import { oneConnection } from './oneConnection.js'
import { retentionOf } from './lookAtRetention.js'

/** Seconds that each look may take. Compose reads and resolves files. */
const patience = { connect: 5, engine: 6, compose: 15, memory: 6, shelf: 10, state: 6 }

/** How far back writes are counted: whether any was lost matters here, not how many. */
const counting = { seconds: 1, entries: 20_000 }

/** Part of a run's time that looks have; the rest is for writing down what was found, and for closing. */
const looking = 0.85

/** Seconds that closing has in any case. */
const closing = 1

/** What is asked. */
export interface HealthRequest {
  readonly stack: string
  readonly targets: readonly Target[]
  readonly promised: Promised
  /** Path of the shelf. */
  readonly shelf: string
  /** Seconds of oplog in a slice. */
  readonly everySeconds: number
  /** Where days are counted. */
  readonly timeZone: string
  readonly retention: RetentionSettings
  /** Checks beside the built-in ones. */
  readonly sources: readonly FindingSource[]
  /** What ids of the checks begin with that somebody asked for; all of them where it is empty. */
  readonly wanted: readonly string[]
  /** Seconds that the whole run may take: what has not answered by then is not known. */
  readonly seconds: number
  readonly signal: AbortSignal
}

/** The world, and what health needs besides. */
export interface HealthWorld extends World {
  readonly vitals: MachineVitals
  readonly history: HealthHistory
}

/**
 * Looks at everything side by side, over one connection to each server, each look with a deadline of its own, and all of them within
 * that of the run; then writes down what every check was. Changes nothing of the operator's. Throws the signal's reason only.
 */
export async function lookAtHealth(
  request: HealthRequest,
  world: HealthWorld,
): Promise<HealthEvidence> {
  const { clock } = world
  const { seconds, signal, sources, wanted } = request
  const began = clock.elapsed()
  const within = (limit: number) => () => limit - (clock.elapsed() - began) / 1000
  const left = within(seconds)
  const watch: Watch = { clock, signal, left: within(looking * seconds) }
  const shared = oneConnection(world.mongo, watch, patience.connect)
  try {
    const evidence = await lookAround(request, { ...world, mongo: shared }, watch)
    // Of a run that looked at a part nobody could tell what became of the rest.
    if (wanted.length > 0) return { ...evidence, wanted }
    return { ...evidence, recorded: await recorded(evidence, world, { clock, signal, left }) }
  } finally {
    const ending = Promise.all([shared.end(), ...sources.map((source) => source.ended?.())])
    const patient = Math.max(closing, left()) * 1000
    // What does not end by then is left to itself: the answer is there.
    await endingWithin(ending, 'end what was looked at', patient).catch(() => undefined)
  }
}

async function lookAround(
  request: HealthRequest,
  world: HealthWorld,
  watch: Watch,
): Promise<HealthEvidence> {
  const { stack, targets, promised, sources } = request
  const at = world.clock.now().toISOString()
  const wants = (...kinds: readonly string[]) =>
    kinds.some((kind) => wantsKind(request.wanted, kind))
  const containers =
    world.stack && wants('container', 'image', 'memory')
      ? look(watch, patience.compose, (signal) => containersOf(targets, world, signal))
      : undefined
  const [engine, seenContainers, memory, seenTargets, protection, retention, found, history] =
    await Promise.all([
      wants('engine', 'memory', 'clock')
        ? look(watch, patience.engine, (signal) => world.vitals.engine(signal))
        : undefined,
      containers,
      containers && wants('memory') ? memoryOf(containers, world, watch) : undefined,
      wants('mongo', 'clock')
        ? Promise.all(targets.map((one) => lookAtServer(one, serviceNamed(one), world, watch)))
        : [],
      wants('backup', 'rpo', 'rto', 'slices', 'disk', 'cut-off')
        ? protectionOf(request, world, watch)
        : undefined,
      wants('backup') ? retentions(request, world, watch) : [],
      Promise.all(
        sources
          .filter(({ name }) => wants(name))
          .map(async (source) => ({
            name: source.name,
            found: await look(watch, source.seconds, (signal) => source.find(signal, watch.left)),
          })),
      ),
      look(watch, patience.state, () => world.history.read()),
    ])
  return {
    at,
    stack,
    names: targets.map(({ name }) => name),
    promised,
    ...(engine ? { engine } : {}),
    ...(seenContainers ? { containers: seenContainers } : {}),
    ...(memory ? { memory } : {}),
    targets: seenTargets,
    ...(protection ? { protection } : {}),
    retention,
    sources: found,
    history,
  }
}

function serviceNamed({ place }: Target): string | null {
  return place.kind === 'service' ? place.service : null
}

async function memoryOf(
  containers: Promise<NonNullable<HealthEvidence['containers']>>,
  { vitals }: HealthWorld,
  watch: Watch,
): Promise<NonNullable<HealthEvidence['memory']>> {
  const found = await containers
  if (found.state !== 'seen') return found
  const running = found.facts.flatMap(({ container, state }) =>
    container !== null && state === 'running' ? [container] : [],
  )
  return look(watch, patience.memory, (signal) => vitals.memory(running, signal))
}

function protectionOf(request: HealthRequest, world: HealthWorld, { left }: Watch) {
  const { targets, promised, shelf, everySeconds, timeZone, signal } = request
  const asked = { targets, promised, shelf, everySeconds, timeZone, signal }
  const run = { counting, withoutServices: true, ...(left ? { left } : {}) }
  return lookAtStatus({ ...asked, ...run }, world)
}

function retentions(
  { targets, retention }: HealthRequest,
  world: HealthWorld,
  watch: Watch,
): Promise<{ target: string; seen: Looked<RetentionSeen> }[]> {
  return Promise.all(
    targets.map(async (target) => ({
      target: target.name,
      seen: await look(watch, patience.shelf, () => retentionOf(target, retention, world)),
    })),
  )
}

async function recorded(
  evidence: HealthEvidence,
  { history }: HealthWorld,
  watch: Watch,
): Promise<Looked<true>> {
  const room = seen(evidence.protection?.room)
  const run: HealthRun = {
    at: evidence.at,
    checks: severitiesOf(evidence),
    ...(room ? { freeBytes: room.freeBytes } : {}),
  }
  return look(watch, patience.state, async (signal) => {
    await history.record(run, signal)
    return true as const
  })
}
