/** What a trial restore of a backup showed; kept in its manifest. Times are RFC 3339 UTC. */
export interface RestoreTest {
  readonly at: string
  readonly serverVersion: string
  /** Documents that were restored and counted. */
  readonly documents: number
  /** Seconds from the first byte fed until everything was counted. */
  readonly seconds: number
  /** What a forecast of a recovery's length is made from. */
  readonly secondsPerGigabyte: number
}
