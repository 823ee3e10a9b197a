import type { CheckKind, DeclaredCheck } from '../../domain/declared/check.js'
import type { DeclaredEvidence, DeclaredSeen, Probed } from '../../checks/declared/evidence.js'
import { Failure } from '../../domain/failure.js'
import type { Clock } from '../../ports/clock.js'
import type { Probes } from '../../ports/probes.js'

/** So many are asked at the same time: a health check must not be the load that it warns of. */
const atOnce = 8

/** Milliseconds that a probe has, after its time, to end what it began. */
const grace = 3_000

/** What probing takes. */
export interface ProbeWorld {
  readonly clock: Clock
  readonly probes: Probes
}

/**
 * Asks everything that the operator declared, a few at a time, each with a deadline of its own: what hangs or throws harms no
 * other. Throws the signal's reason only, after what was under way has ended.
 */
export async function probeAll(
  checks: readonly DeclaredCheck[],
  world: ProbeWorld,
  signal: AbortSignal,
): Promise<DeclaredEvidence> {
  const seen: DeclaredSeen[] = []
  const waiting = checks.entries()
  const work = async () => {
    for (const [index, check] of waiting) seen[index] = await probeOne(check, world, signal)
  }
  const workers = Array.from({ length: Math.min(atOnce, checks.length) }, work)
  for (const ended of await Promise.allSettled(workers))
    if (ended.status === 'rejected') throw ended.reason as Error
  // Not from before: what is written while it is looked at is not of the future.
  return { at: world.clock.now().toISOString(), checks: seen }
}

/** Seconds after which all of them have ended, however slow each is. */
export function probingSeconds(checks: readonly DeclaredCheck[]): number {
  const slowest = Math.max(0, ...checks.map(({ timeoutSeconds }) => timeoutSeconds))
  return Math.ceil(checks.length / atOnce) * (slowest + grace / 1000) + 1
}

async function probeOne<Kind extends CheckKind>(
  check: DeclaredCheck<Kind>,
  { clock, probes }: ProbeWorld,
  signal: AbortSignal,
): Promise<DeclaredSeen> {
  signal.throwIfAborted()
  const { name, kind, severity, words, rule, probe, timeoutSeconds } = check
  const late = new AbortController()
  const ended = new AbortController()
  const both = AbortSignal.any([signal, late.signal])
  const asked = (async () => probes[kind](probe, both))().then(
    (facts) => ({ state: 'seen' as const, facts }),
    (error: unknown) => ({ state: 'thrown' as const, error }),
  )
  const deadline = clock
    .sleep(timeoutSeconds * 1000, AbortSignal.any([signal, ended.signal]))
    .catch(() => undefined)
  let answer = await Promise.race([asked, deadline])
  if (!answer) {
    late.abort(new Error(`no answer within ${timeoutSeconds.toString()} s`))
    answer = await Promise.race([asked, clock.sleep(grace, ended.signal).catch(() => undefined)])
  }
  ended.abort(new Error('answered'))
  signal.throwIfAborted()
  const probed: Probed<unknown> =
    answer?.state === 'seen' && !late.signal.aborted
      ? answer
      : answer?.state === 'thrown'
        ? thrown(answer.error, late.signal.aborted, timeoutSeconds)
        : { state: 'late', seconds: timeoutSeconds, ...(answer ? {} : { note: notEnded }) }
  return { name, kind, severity, words, rule, probed } as DeclaredSeen
}

const notEnded = 'it could not be ended, and was left to itself'

/** What comes after the deadline is only of interest where it says more than that it is over. */
function thrown(error: unknown, isLate: boolean, seconds: number): Probed<never> {
  if (error instanceof Failure) {
    const { kind, code, message, next } = error
    if (isLate && kind === 'timed-out') return { state: 'late', seconds, note: message }
    return { state: 'refused', code, message, next }
  }
  if (isLate) return { state: 'late', seconds }
  // What nobody expected may quote anything: its name, and the code that the operating system has for it, say enough.
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
  return { state: 'unseen', because: `${error instanceof Error ? error.name : 'an error'}${code}` }
}
