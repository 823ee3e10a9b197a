/** What a trial restore of a backup showed; kept in its manifest. Times are RFC 3339 UTC. */
export interface RestoreTest {
  readonly at: string
  readonly serverVersion: string
  /** Documents that were restored and counted. */
  readonly documents: number
  /** Documents of them that were compared with the archive byte for byte. */
  readonly sampled?: number
  /** Seconds from the first byte fed until everything was counted. */
  readonly seconds: number
  /** What a forecast of a recovery's length is made from. */
  readonly secondsPerGigabyte: number
}

/** Seconds that a restore of so many bytes (uncompressed) will probably take, by what a trial restore took. */
export function forecastSeconds(
  { secondsPerGigabyte }: Pick<RestoreTest, 'secondsPerGigabyte'>,
  rawBytes: number,
): number {
  return (secondsPerGigabyte * rawBytes) / 1e9
}
