/** What runs commands at their time on a machine. */
export type SchedulerName = 'cron' | 'systemd'

/** Where text for a scheduler lies: a file, or the crontab of the user ops runs as. */
export type SchedulePlace =
  { readonly kind: 'file'; readonly path: string } | { readonly kind: 'crontab' }

/** Text as it was found, and when it was last changed (RFC 3339 UTC), where that is known. */
export interface FoundText {
  readonly text: string
  readonly changedAt?: string
}

/** Whose systemd: the machine's, or the user's own. */
export type SystemdScope = 'system' | 'user'

/** The machine's schedulers. */
export interface Schedulers {
  /** Those that run here, the better one first. */
  available(): Promise<readonly SchedulerName[]>
  /** Folders of `PATH` that hold the programs ops may call: docker, the database tools. */
  programFolders(): Promise<readonly string[]>
  /** Throws `SCHEDULE_UNREADABLE` (environment), `SCHEDULER_FAILED` (failed). */
  read(place: SchedulePlace): Promise<FoundText | undefined>
  /** Whole or not at all; a crontab is replaced. Throws `SCHEDULE_UNWRITABLE` (environment), `SCHEDULER_FAILED` (failed). */
  write(place: SchedulePlace, text: string): Promise<void>
  /** Removes a file; does nothing where there is none. Throws `SCHEDULE_UNWRITABLE` (environment). */
  remove(path: string): Promise<void>
  /** Whether a timer waits for its time. */
  active(unit: string, scope: SystemdScope): Promise<boolean>
  /** Makes systemd read its units again, and timers wait for their time from now on. Throws `SCHEDULER_FAILED` (failed). */
  activate(units: readonly string[], scope: SystemdScope): Promise<void>
  /** Takes timers out of service; those that are unknown already are no failure. Throws `SCHEDULER_FAILED` (failed). */
  deactivate(units: readonly string[], scope: SystemdScope): Promise<void>
  /** Makes systemd read its units again. Throws `SCHEDULER_FAILED` (failed). */
  reload(scope: SystemdScope): Promise<void>
}
