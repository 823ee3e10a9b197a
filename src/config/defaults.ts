/** What holds where the file says nothing. Retention errs on the side of keeping. */
export const defaults = {
  retention: {
    keepWithin: '7d',
    last: 0,
    hourly: 0,
    daily: 7,
    weekly: 4,
    monthly: 12,
    yearly: 0,
    minGood: 3,
  },
  /** Measured: blocks of 4 MiB cost the fewest messages between threads; level 4 is the best trade of time for size. */
  compression: { level: 4, workers: 2, blockBytes: 4 * 1024 * 1024 },
  /** Off: a server that is no replica set has no oplog to follow. */
  pitr: { enabled: false, every: '60s' },
  objectives: { rto: '1h', rpo: '5m', backupAge: '26h' },
  /** Half an hour of trouble in the night is got over; a second run never waits longer than that for the first. */
  schedule: { randomDelay: '0s', retries: 2, lockWait: '10m' },
  authSource: 'admin',
} as const
