import type { ScheduleSeen } from '../checks/doctor/evidence.js'
import type { HealthEvidence } from '../checks/health/evidence.js'
import { judgeHealth, type Health } from '../checks/health/judge.js'
import { requireKnownKinds, wantsCheck } from '../checks/health/select.js'
import { uptimeOf, type UptimeReport } from '../checks/health/uptime.js'
import type { ConfigReading } from '../config/config.js'
import { builtInKinds } from '../domain/checkKinds.js'
import type { World } from '../ports/world.js'
import { lookAtHealth } from '../procedures/health/lookAtHealth.js'
import { withProjectOnce } from '../procedures/stack/projectOnce.js'
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
  /** Seconds that it may take: what has not answered by then is not known. */
  readonly seconds: number
  readonly signal: AbortSignal
  readonly schedule: () => Promise<ScheduleSeen>
}

/** What was seen, and what it means. */
export interface HealthFound {
  readonly evidence: HealthEvidence
  readonly health: Health
}

/** Looks once, over one connection to each server, and judges it. Throws `CHECK_UNKNOWN` (usage), the signal's reason. */
export async function lookAtHealthOnce(asked: HealthAsked, around: World): Promise<HealthFound> {
  const over = new AbortController()
  try {
    return await looked(
      asked,
      withProjectOnce(around, AbortSignal.any([asked.signal, over.signal])),
    )
  } finally {
    over.abort(new Error('it is no longer needed'))
  }
}

async function looked(asked: HealthAsked, world: World): Promise<HealthFound> {
  const { reading, wanted, seconds, signal, schedule } = asked
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
      seconds,
      signal,
    },
    healthWorld(world, config, around),
  )
  return { evidence, health: judgeHealth(evidence, wanted) }
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
