import type { Objectives } from '../../domain/objectives.js'
import type { Target } from '../../domain/target.js'
import type { Laboratory } from '../../ports/laboratory.js'
import type { World } from '../../ports/world.js'
import type { Compression } from '../backup/storeStream.js'
import type { BareHosts } from './bareHost.js'
import type { Scenario } from './scenario.js'

/** What a drill needs to know. */
export interface DrillRequest {
  readonly scenario: Scenario
  readonly target: Target
  /** Every target of the configuration: what they call a job is in no clone. */
  readonly targets: readonly Target[]
  /** Every service but jobs in the clone, instead of the server and what it needs. */
  readonly everything: boolean
  readonly objectives: Objectives
  readonly compression: Compression
  /** Seconds between two slices of the oplog, where the target has any. */
  readonly everySeconds: number
  /** Seconds that is written before each disaster; as long as makes sense where it is left out. */
  readonly writeSeconds?: number
  readonly timeoutSeconds: number
  /** Ends the planning. */
  readonly signal: AbortSignal
}

/** The real world, and the place where clones are made. */
export interface DrillWorld extends World {
  readonly laboratory: Laboratory
  readonly hosts: BareHosts
}

/** Seconds that is written where nothing may be lost. */
const shortly = 3

/** Seconds that is written before the disaster: with slices, half an interval more than one, so that the disaster comes between two. */
export function writeSecondsOf({
  scenario,
  target,
  everySeconds,
  writeSeconds,
}: Pick<DrillRequest, 'scenario' | 'target' | 'everySeconds' | 'writeSeconds'>): number {
  if (writeSeconds !== undefined) return writeSeconds
  return isProtected({ scenario, target }) ? 1.5 * everySeconds : shortly
}

/** Whether the clone is protected by slices of its own: what comes back from a place has what lies there alone. */
export function isProtected({
  scenario,
  target,
}: Pick<DrillRequest, 'scenario' | 'target'>): boolean {
  return scenario.mayLose && scenario.fromPlace !== true && target.pointInTime
}
