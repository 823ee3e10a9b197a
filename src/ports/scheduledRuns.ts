/** One run that nobody started by hand. Times are RFC 3339 UTC. */
export interface ScheduledRun {
  readonly id: string
  /** Name of the job in `ops.yaml`. */
  readonly job: string
  readonly startedAt: string
  /** Absent while it runs, and for good when it was killed. */
  readonly finishedAt?: string
  readonly exitCode?: number
  /** Code and sentence of what ended it. */
  readonly failure?: { readonly code: string; readonly message: string }
  /** How often it was tried; 1 where the first try did it. */
  readonly tries?: number
  /** Whether the dead man's switch heard how it ended; absent where there is none. */
  readonly deadman?: 'told' | 'untold'
  readonly host: string
  readonly pid: number
}

/** The record of scheduled runs of one stack. Only the newest are kept. */
export interface ScheduledRuns {
  /** Writes a run, or what became of it. Throws `STATE_UNWRITABLE` (environment), `STATE_FULL` (space). */
  save(run: ScheduledRun): Promise<void>
  /** The kept runs of a job, newest first. A record that cannot be read counts as empty: it is only a record. */
  list(job: string): Promise<readonly ScheduledRun[]>
  /** Whether the process of an unfinished run is certainly gone. */
  cutOff(run: ScheduledRun): Promise<boolean>
}
