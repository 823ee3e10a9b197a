import { judgeReadiness } from '../checks/ready/judge.js'
import { lastDrill, lastRun, type PastRun } from '../domain/pastRun.js'
import type { Readiness } from '../domain/readiness.js'
import type { Target } from '../domain/target.js'
import type { World } from '../ports/world.js'
import { readyEvidence } from '../procedures/dr/ready.js'
import type { PitrReading } from './pitr.js'

/** Whether recoveries of a target would work tonight, and when they were last carried out. */
export interface ReadyScenario extends Readiness {
  readonly lastRun: PastRun | null
  readonly lastDrill: PastRun | null
}

/** What `ops dr ready` and `ops dr` answer for one target. */
export interface TargetReadiness {
  readonly target: string
  readonly scenarios: readonly ReadyScenario[]
}

/** What `ops dr ready` and `ops dr` answer. */
export interface ReadinessReport {
  readonly ready: boolean
  readonly targets: readonly TargetReadiness[]
}

/** Rehearses every scenario of these targets against what is there now. Touches nothing. Throws the signal's reason. */
export async function readinessOf(
  targets: readonly Target[],
  { config }: PitrReading,
  world: World,
  signal: AbortSignal,
): Promise<ReadinessReport> {
  const { backupAgeSeconds } = config.objectives
  const drills = await world.drills.list()
  const receipts = await world.receipts.list()
  const found: TargetReadiness[] = []
  for (const target of targets) {
    const evidence = await readyEvidence({ target, backupAgeSeconds, signal }, world)
    const { name: of } = target
    const scenarios = judgeReadiness(evidence).map((readiness) => ({
      ...readiness,
      lastRun: lastRun(receipts, readiness.name, of) ?? null,
      lastDrill: lastDrill(drills, readiness.name, of) ?? null,
    }))
    found.push({ target: of, scenarios })
  }
  const ready = found.every(({ scenarios }) => scenarios.every((each) => each.ready))
  return { ready, targets: found }
}
