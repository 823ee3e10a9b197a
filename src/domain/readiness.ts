/** What can fail as a whole, and is rehearsed. */
export type ScenarioName = 'corruption' | 'container' | 'deletion' | 'system'

/** A scenario: what it is for, and within how many seconds it is to be over. */
export interface Scenario {
  readonly name: ScenarioName
  readonly for: string
  readonly objectiveSeconds: number
}

/** Every scenario; the objectives are those of the recovery guides of the stack that this was made for. */
export const scenarios: readonly Scenario[] = [
  { name: 'corruption', for: 'the data is damaged', objectiveSeconds: 600 },
  { name: 'container', for: 'a container is down, ill, or gone', objectiveSeconds: 120 },
  { name: 'deletion', for: 'something was deleted or overwritten', objectiveSeconds: 600 },
  { name: 'system', for: 'the host is gone', objectiveSeconds: 1800 },
]

/** What keeps a recovery from working tonight, and what to type. */
export interface Blocker {
  readonly says: string
  readonly next: readonly string[]
}

/** Whether a recovery would work tonight. */
export interface Readiness extends Scenario {
  readonly ready: boolean
  /** The first thing in the way; null where nothing is. */
  readonly blocker: Blocker | null
  /** Seconds that it will probably take; null where nothing was measured. */
  readonly forecastSeconds: number | null
  /** What it would come back from, and what is worth knowing. */
  readonly notes: readonly string[]
}
