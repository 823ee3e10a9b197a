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
    trash: '7d',
  },
  /**
   * Measured on archives: blocks of 4 MiB cost the fewest turns between threads; level 3 is faster than 4 by a quarter and
   * no larger (zlib searches differently from 4 on), 1.14 times the size of 6 at more than twice its speed. WiredTiger has
   * compressed its files itself: gzip halves them once more, at a tenth of the speed, while writes wait.
   */
  compression: { level: 3, dataFilesLevel: 0, workers: 2, blockBytes: 4 * 1024 * 1024 },
  /** An empty mount point must not fill this machine's own disk. */
  copies: { requireMount: true, region: 'us-east-1' },
  /** Off: a server that is no replica set has no oplog to follow. */
  pitr: { enabled: false, every: '60s' },
  objectives: { rto: '1h', rpo: '5m', backupAge: '26h' },
  /** Half an hour of trouble in the night is got over; a second run never waits longer than that for the first. */
  schedule: { randomDelay: '0s', retries: 2, lockWait: '10m' },
  log: { level: 'info' },
  /** A certificate is renewed weeks before its end where that is done by a program, and takes days where it is not. */
  checks: {
    severity: 'fail',
    timeout: '5s',
    /** Of a check that reads documents. */
    dataTimeout: '30s',
    exact: false,
    daysLeft: { warn: 21, fail: 7 },
    usedPercent: { warn: 80, fail: 90 },
    requireMount: false,
    expects: 'active',
    scope: 'system',
  },
  symptoms: { severity: 'fail', match: 'all' },
  condition: 'warn',
  authSource: 'admin',
  /** The name that health checks inside a container use, and so most certificates bear. */
  tlsName: 'localhost',
} as const
