/** The commands that a schedule may run, by the names they have in `ops.yaml`. Only commands that exist. */
export const schedulable = {
  backup: { argv: ['backup'], does: 'back up' },
  verify: { argv: ['backup', 'verify', '--all'], does: 'verify every backup of' },
} as const

/** A command that can be scheduled. */
export type JobName = keyof typeof schedulable

/** Every one of them. */
export const jobNames = Object.keys(schedulable) as readonly JobName[]

/** When a command is run. Times are those of the machine's own time zone. */
export interface ScheduledJob {
  /** Five fields; checked. */
  readonly cron: string
  /** The start is put off by a random part of so many seconds. */
  readonly randomDelaySeconds: number
}

/** What a backup puts up with before it counts as failed. */
export interface Patience {
  /** So many more tries after a failure that may pass by itself. */
  readonly retries: number
  /** Seconds to wait for another run that holds the target. */
  readonly lockWaitSeconds: number
}

/** When backups are taken, and how much they put up with. */
export interface ScheduledBackup extends ScheduledJob, Patience {
  /** Only this target; every one where none is named. */
  readonly target?: string
}

/** What is run without anybody there. */
export interface Schedule {
  readonly backup?: ScheduledBackup
  readonly verify?: ScheduledJob
}

/** The jobs of a schedule, in the order of the table. */
export function jobsOf(schedule: Schedule): readonly (ScheduledJob & { readonly name: JobName })[] {
  return jobNames.flatMap((name) => {
    const job = schedule[name]
    return job === undefined ? [] : [{ ...job, name }]
  })
}
