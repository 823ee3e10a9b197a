import { statusOf, type Status } from '../checks/status/status.js'
import type { ScheduleSeen } from '../checks/doctor/evidence.js'
import type { ConfigReading } from '../config/config.js'
import { jobsOf } from '../domain/schedule.js'
import { scrub } from '../domain/scrub.js'
import type { Target } from '../domain/target.js'
import type { World } from '../ports/world.js'
import { lookAtStatus } from '../procedures/status/lookAtStatus.js'

/** What `ops status` looks at. */
export interface StatusAsked {
  readonly targets: readonly Target[]
  readonly reading: ConfigReading
  readonly signal: AbortSignal
  /** Looks at the schedule of this machine. */
  readonly schedule: () => Promise<ScheduleSeen>
}

/** Looks at everything once, and judges it. Changes nothing. Throws the signal's reason. */
export async function lookOnce(
  { targets, reading, signal, schedule }: StatusAsked,
  world: World,
): Promise<Status> {
  const { config } = reading
  const { objectives: promised, backup, pitr } = config
  const evidence = await lookAtStatus(
    {
      targets,
      promised,
      shelf: backup.shelf,
      everySeconds: pitr.everySeconds,
      timeZone: config.timeZone,
      signal,
      ...(jobsOf(config.schedule).length > 0 ? { schedule } : {}),
    },
    world,
  )
  const status = statusOf(evidence)
  // Servers and tools are quoted, and those may quote an address with its password.
  const problems = status.problems.map((problem) => ({
    ...problem,
    says: scrub(problem.says),
    because: scrub(problem.because),
    next: problem.next.map((line) => scrub(line)),
  }))
  return { ...status, problems }
}
