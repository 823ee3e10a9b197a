/** How many backups are kept, and for how long. A count of 0 keeps none for that reason. */
export interface RetentionPolicy {
  /** Everything younger is kept, good or not. */
  readonly keepWithinSeconds: number
  /** So many of the newest good ones. */
  readonly last: number
  /** The newest good one of each of so many hours, days, weeks, months, years that have one. */
  readonly hourly: number
  readonly daily: number
  readonly weekly: number
  readonly monthly: number
  readonly yearly: number
  /** So many good backups are kept whatever the rest says; at least 1. */
  readonly minGood: number
}

/** The periods of a policy, shortest first. */
export const periods = ['hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const

/** A calendar period of a policy. */
export type Period = (typeof periods)[number]
