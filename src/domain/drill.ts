import type { Objectives } from './objectives.js'

/** How a drill ended: within every objective, outside of one, or without a recovery. */
export type DrillOutcome = 'kept' | 'missed' | 'failed'

/** One disaster of a drill: what was done to the clone, and what became of it. */
export interface DrillStrike {
  /** In words: `mongodb was killed`. */
  readonly what: string
  /** From the moment it was done until the server was proved again. */
  readonly rtoSeconds: number
  /** How much time of writes did not come back. */
  readonly rpoSeconds: number
  /** Writes that the server had confirmed by then. */
  readonly operations: number
  /** Those of them that are not there any more, counted one by one. */
  readonly lostOperations: number
}

/** A drill as it is kept, one JSON file each. Times are RFC 3339 UTC. */
export interface Drill {
  readonly schema: 1
  readonly id: string
  readonly scenario: string
  readonly target: string
  readonly startedAt: string
  readonly finishedAt: string
  readonly outcome: DrillOutcome
  /** Slowest of its strikes; null where the recovery failed. */
  readonly rtoSeconds: number | null
  /** Worst of its strikes; null where the recovery failed. */
  readonly rpoSeconds: number | null
  /** All of its strikes together; null where the recovery failed. */
  readonly lostOperations: number | null
  readonly strikes: readonly DrillStrike[]
  /** What it was held against. */
  readonly objectives: Objectives
  readonly missed: readonly ('rto' | 'rpo')[]
  /** What the guides allow this recovery. */
  readonly guideSeconds: number
  /** The backup that the clone was filled from; null where it did not come to that. */
  readonly backup: string | null
  /** Uncompressed bytes of it. */
  readonly rawBytes: number
  /** From looking at the empty clone until everything of the backup was counted in it; null where that failed. */
  readonly fillSeconds: number | null
  /** How what came back was compared with what had been there. */
  readonly proof?: string
  readonly error?: { readonly code: string; readonly message: string }
  readonly host: string
  readonly opsVersion: string
}

/** What the strikes of a drill come to: the worst of each. */
export function worstOf(
  strikes: readonly DrillStrike[],
): Pick<DrillStrike, 'rtoSeconds' | 'rpoSeconds' | 'lostOperations'> {
  return {
    rtoSeconds: Math.max(0, ...strikes.map(({ rtoSeconds }) => rtoSeconds)),
    rpoSeconds: Math.max(0, ...strikes.map(({ rpoSeconds }) => rpoSeconds)),
    lostOperations: strikes.reduce((sum, { lostOperations }) => sum + lostOperations, 0),
  }
}

/** The objectives that a drill missed; exactly as long as promised is kept. */
export function missedBy(
  found: Pick<DrillStrike, 'rtoSeconds' | 'rpoSeconds'>,
  objectives: Objectives,
): Drill['missed'] {
  return [
    ...(found.rtoSeconds > objectives.rtoSeconds ? (['rto'] as const) : []),
    ...(found.rpoSeconds > objectives.rpoSeconds ? (['rpo'] as const) : []),
  ]
}

/** The newest earlier drill of the same scenario and target that measured something; absent where there is none. */
export function previousDrill(
  drills: readonly Drill[],
  { id, scenario, target, startedAt }: Pick<Drill, 'id' | 'scenario' | 'target' | 'startedAt'>,
): Drill | undefined {
  return drills
    .filter(
      (other) =>
        other.scenario === scenario &&
        other.target === target &&
        other.id !== id &&
        other.rtoSeconds !== null &&
        other.startedAt <= startedAt,
    )
    .toSorted((one, other) => other.startedAt.localeCompare(one.startedAt))[0]
}
