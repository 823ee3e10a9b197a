/** What keeps trouble of a kind from happening again, by what ids begin with and what they hold behind the name of a target. */
const preventions: readonly (readonly [pattern: RegExp, text: string])[] = [
  [/^engine$/, 'have systemd start the engine again: systemctl enable --now docker'],
  [
    /^container:/,
    'a restart policy and a health check in the compose file; what ended it is in `ops stack logs`',
  ],
  [
    /^image:/,
    'name images with a version that never moves, and make containers again when it changes',
  ],
  [
    /^mongo:[^:]+:(ping|primary|write|members)/,
    'three members in the replica set, so that one may be lost',
  ],
  [/^mongo:[^:]+:connections/, 'a bounded pool (maxPoolSize) in every client'],
  [
    /^mongo:[^:]+:(slow|indexes)/,
    'an index for every query that runs often, and maxTimeMS in clients',
  ],
  [/^mongo:[^:]+:oplog/, 'a larger oplog (--oplogSize), so that a quiet weekend fits into it'],
  [/^mongo:[^:]+:cache/, 'memory for the data that is used every day'],
  [/^mongo:[^:]+:certificate/, 'have certificates renewed by a program, a month before they end'],
  [/^backup:[^:]+:(age|trust)/, 'a schedule: `ops schedule install`'],
  [/^backup:[^:]+:restore-test/, 'a monthly `ops backup test-restore`'],
  [
    /^backup:[^:]+:(copies|retention|manifests)/,
    'backups that follow a schedule copy and remove by themselves',
  ],
  [/^(rpo|slices):/, 'a follower that is always there: `ops pitr start` as a service'],
  [/^rto:/, 'drills: `ops dr drill`, and copies of the data files (`ops backup --physical`)'],
  [/^disk:/, '`backup.retention` in ops.yaml, and a shelf on a disk of its own'],
  [/^memory:/, 'memory limits for every container, below what the machine has'],
  [/^clock:/, 'time synchronisation on every machine (chrony, systemd-timesyncd)'],
  [/^schedule/, '`ops schedule install` after each change of ops.yaml'],
  [/^cut-off:/, 'let runs end: more time for --timeout, no kill -9'],
  [/^history$/, 'a state folder on a disk with room, that only ops writes to'],
]

/** What keeps it from happening again; nothing where only whoever declared the check knows. */
export function preventionOf(id: string): string | undefined {
  return preventions.find(([pattern]) => pattern.test(id))?.[1]
}
