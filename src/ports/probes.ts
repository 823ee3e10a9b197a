import type { CheckKind } from '../domain/declared/check.js'
import type { FactsOf } from '../domain/declared/facts.js'
import type { ProbeOf } from '../domain/declared/probe.js'

/**
 * Looks at the world for the checks that an operator declares, and changes nothing itself. Each ends what it began when the signal
 * is aborted, and throws its reason then; `COMMAND_LEFT_RUNNING` (timed-out) where a command could not be ended, `PATTERN_TOO_SLOW`
 * (usage) where a pattern was at work. What keeps it from looking is thrown as a `Failure`: that somebody does not answer is a fact.
 */
export type Probes = {
  readonly [Kind in CheckKind]: (
    probe: ProbeOf[Kind],
    signal: AbortSignal,
  ) => Promise<FactsOf[Kind]>
}
