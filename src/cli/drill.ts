import type { ConfigReading } from '../config/config.js'
import type { Drill } from '../domain/drill.js'
import { Failure } from '../domain/failure.js'
import type { Target } from '../domain/target.js'
import { drill, type DrillResult } from '../procedures/drill/drill.js'
import type { DrillRequest, DrillWorld } from '../procedures/drill/drillRequest.js'
import type { Scenario } from '../procedures/drill/scenario.js'
import type { DryRun } from '../report/plan.js'
import type { DrillSummary } from '../report/drill.js'
import { warn, type Door } from './door.js'
import { milliseconds } from './duration.js'
import { follow, type FollowFlags } from './follow.js'

/** What `ops dr drill` answers: each scenario that was drilled, in order. */
export type Drilled = DrillSummary

/** The flags of `ops dr drill`. */
export interface DrillFlags extends FollowFlags {
  readonly services: string
  readonly write?: string | undefined
  readonly wait: string
  readonly report?: string | undefined
}

/** Whose drill it is. */
export interface DrillOf {
  readonly scenarios: readonly Scenario[]
  readonly target: Target
}

/**
 * One drill after the other, each in a clone of its own: one that fails keeps no other from being tried. Writes the report that
 * was asked for in any case. Throws the failure of the first one that failed, one of data before any other; its facts hold all drills.
 */
export async function drillEach(
  { scenarios, target }: DrillOf,
  flags: DrillFlags,
  { config }: Pick<ConfigReading, 'config'>,
  world: DrillWorld,
  door: Door,
): Promise<Drilled | { readonly dryRuns: readonly DryRun[] }> {
  const drills: (Drill | DrillResult)[] = []
  const dryRuns: DryRun[] = []
  const failed: Failure[] = []
  for (const scenario of scenarios) {
    const began = world.clock.now().toISOString()
    const request = requestFor(scenario, target, flags, config, door)
    try {
      const followed = await follow(drill, request, world, flags, door)
      if ('dryRun' in followed) dryRuns.push(followed)
      else drills.push(followed.done)
    } catch (error) {
      if (!(error instanceof Failure) || door.interruption.signal.aborted) throw error
      failed.push(error)
      if (scenarios.length > 1) warn(door, error.message)
      const kept = (await world.drills.list()).find(
        (one) => one.scenario === scenario.name && one.startedAt >= began,
      )
      if (kept) drills.push(kept)
      // Nothing was drilled: the next one would fail for the same reason.
      else break
    }
  }
  if (dryRuns.length > 0) return { dryRuns }
  if (flags.report !== undefined && drills.length > 0)
    await writeReport(flags.report, { drills }, config.name)
  const worst = failed.find(({ kind }) => kind === 'integrity') ?? failed[0]
  if (worst) throw withDrills(worst, drills)
  return { drills }
}

function requestFor(
  scenario: Scenario,
  target: Target,
  flags: DrillFlags,
  config: ConfigReading['config'],
  { interruption }: Door,
): DrillRequest {
  const write = flags.write === undefined ? undefined : milliseconds(flags.write)
  return {
    scenario,
    target,
    targets: Object.values(config.targets),
    everything: flags.services === 'all',
    objectives: config.objectives,
    compression: config.backup.compression,
    everySeconds: config.pitr.everySeconds,
    ...(write === undefined ? {} : { writeSeconds: write / 1000 }),
    timeoutSeconds: (milliseconds(flags.wait) ?? 0) / 1000,
    signal: interruption.signal,
  }
}

function withDrills(worst: Failure, drills: readonly Drill[]): Failure {
  const facts = { ...worst.facts, drills }
  return new Failure(worst.kind, worst.code, worst.message, worst.next, { cause: worst, facts })
}

async function writeReport(path: string, drilled: Drilled, stack: string): Promise<void> {
  const { drillMarkdown } = await import('../report/drillMarkdown.js')
  const { writeReportFile } = await import('../adapters/host/reportFile.js')
  await writeReportFile(path, drillMarkdown(drilled, stack))
}
