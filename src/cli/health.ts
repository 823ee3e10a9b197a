import type { ScheduleSeen } from '../checks/doctor/evidence.js'
import { seen } from '../checks/doctor/look.js'
import type { HealthEvidence } from '../checks/health/evidence.js'
import { judgeHealth, type Health } from '../checks/health/judge.js'
import { requireKnownKinds, wantsCheck } from '../checks/health/select.js'
import { uptimeOf, type UptimeReport } from '../checks/health/uptime.js'
import type { ConfigReading } from '../config/config.js'
import { builtInKinds } from '../domain/checkKinds.js'
import type { World } from '../ports/world.js'
import { lookAtHealth } from '../procedures/health/lookAtHealth.js'
import { findingSources } from './healthSources.js'
import { healthWorld, historyOf } from './healthWorld.js'
import { retentionOf } from './retention.js'
import { sinceMoment } from './since.js'
import { surroundings } from './surroundings.js'

/** What `ops health` looks at. */
export interface HealthAsked {
  readonly reading: ConfigReading
  /** What ids of the checks begin with that somebody asked for; all of them where it is empty. */
  readonly wanted: readonly string[]
  readonly signal: AbortSignal
  readonly schedule: () => Promise<ScheduleSeen>
}

/** What was seen, and what it means. */
export interface HealthFound {
  readonly evidence: HealthEvidence
  readonly health: Health
}

/** Looks once, over one connection to each server, and judges it. Throws `CHECK_UNKNOWN` (usage), the signal's reason. */
export async function lookAtHealthOnce(asked: HealthAsked, world: World): Promise<HealthFound> {
  const { reading, wanted, signal, schedule } = asked
  const { config } = reading
  const around = surroundings()
  const sources = findingSources({ config, world, around, wanted, schedule })
  requireKnownKinds(wanted, [...builtInKinds, ...sources.map(({ name }) => name)])
  const evidence = await lookAtHealth(
    {
      stack: config.name,
      targets: Object.values(config.targets),
      promised: config.objectives,
      shelf: config.backup.shelf,
      everySeconds: config.pitr.everySeconds,
      timeZone: config.timeZone,
      retention: retentionOf(config),
      sources,
      wanted,
      signal,
    },
    healthWorld(world, config, around),
  )
  return { evidence, health: judgeHealth(evidence, wanted) }
}

/** Judges evidence that was saved elsewhere; looks at nothing here. Throws what loading it throws, `CHECK_UNKNOWN` (usage). */
export async function judgeSaved(file: string, wanted: readonly string[]): Promise<HealthFound> {
  const { loadEvidence } = await import('./healthFile.js')
  const evidence = await loadEvidence(file)
  return { evidence, health: judgeHealth(evidence, wanted) }
}

/** Saves what was seen, to be judged elsewhere. Throws `REPORT_UNWRITABLE` (environment). */
export async function saveFound(
  file: string,
  { evidence }: HealthFound,
  opsVersion: string,
): Promise<void> {
  const { saveEvidence } = await import('./healthFile.js')
  await saveEvidence(file, evidence, opsVersion)
}

/** How the checks were since then, by what runs have written down. Throws `TIME_INVALID` (usage), `STATE_UNREADABLE` (environment). */
export async function uptimeSince(
  text: string,
  { reading: { config }, wanted }: Pick<HealthAsked, 'reading' | 'wanted'>,
  world: Pick<World, 'clock' | 'host'>,
): Promise<UptimeReport> {
  const now = world.clock.now()
  const since = sinceMoment(text, now).toISOString()
  const { stretches } = await historyOf(world, config, surroundings()).read()
  const report = uptimeOf(stretches, since, now.toISOString())
  return { ...report, checks: report.checks.filter(({ id }) => wantsCheck(wanted, id)) }
}

/** Writes what was found for a collector of Prometheus. Throws `REPORT_UNWRITABLE` (environment). */
export async function writeExposition(
  file: string,
  { evidence, health }: HealthFound,
): Promise<void> {
  const { exposition } = await import('../report/prometheus.js')
  const { writePublicFile } = await import('../adapters/host/publicFile.js')
  const stretches = seen(evidence.history)?.stretches ?? []
  const [first] = stretches
  const earlier = first ? uptimeOf(stretches, first.from, evidence.at).checks : []
  const lastOk = Object.fromEntries(
    earlier.flatMap(({ id, lastOk: time }) => (time === null ? [] : [[id, time] as const])),
  )
  await writePublicFile(file, exposition(health, lastOk))
}
