import type { Drill } from './drill.js'
import type { Receipt } from './receipt.js'

/** A recovery, or a drill of one, that was carried out. Times are RFC 3339 UTC. */
export interface PastRun {
  /** `corruption`, `container` … */
  readonly scenario: string
  readonly target: string
  readonly at: string
  /** State of its receipt, or how a drill ended. */
  readonly outcome: string
  /** Null where it was not measured. */
  readonly seconds: number | null
}

/** The newest recovery of a kind, of a target, that left a receipt; nothing where none did. */
export function lastRun(
  receipts: readonly Receipt[],
  scenario: string,
  target: string,
): PastRun | undefined {
  const newest = receipts
    .filter((one) => one.command === `dr ${scenario}` && concerns(one, target))
    .toSorted((one, other) => other.startedAt.localeCompare(one.startedAt))[0]
  if (!newest) return undefined
  const down = newest.proof?.['downSeconds'] ?? newest.proof?.['seconds']
  return {
    scenario,
    target,
    at: newest.startedAt,
    outcome: newest.state,
    seconds: typeof down === 'number' ? down : null,
  }
}

/** Whole systems and containers go by the name of their project; their records say which targets they served. */
function concerns({ target, system, containers }: Receipt, name: string): boolean {
  return [target, ...(system?.targets ?? []), ...(containers?.targets ?? [])].includes(name)
}

/** The newest drill of a scenario and a target; nothing where there was none. `drills` are newest first. */
export function lastDrill(
  drills: readonly Drill[],
  scenario: string,
  target: string,
): PastRun | undefined {
  const newest = drills.find((drill) => drill.scenario === scenario && drill.target === target)
  if (!newest) return undefined
  const { startedAt: at, outcome, rtoSeconds: seconds } = newest
  return { scenario, target, at, outcome, seconds }
}
