/** What servers are judged by, and what backups are. */
const parts = {
  mongo: [
    'ping',
    'primary',
    'write',
    'connections',
    'slow',
    'oplog',
    'cache',
    'members',
    'indexes',
    'certificate',
  ],
  backup: ['age', 'trust', 'copies', 'restore-test', 'manifests', 'shelf', 'retention'],
  symptom: ['connection', 'access', 'duplicates', 'port', 'lock', 'slow', 'disk'],
} as const

/**
 * Every id that a built-in check of these targets may have: not each has something to judge at any time. One that ends in a colon stands
 * for those of containers and gaps, whose names are not known before somebody looks.
 */
export function possibleIds(targets: readonly string[]): readonly string[] {
  return [
    'engine',
    'history',
    'container:',
    'image:',
    'clock:engine',
    'memory:',
    'memory:host',
    'disk:shelf',
    'disk:shelf:forecast',
    ...parts.symptom.map((part) => `symptom:${part}`),
    ...targets.flatMap((target) => [
      ...parts.mongo.map((part) => `mongo:${target}:${part}`),
      ...parts.backup.map((part) => `backup:${target}:${part}`),
      `rpo:${target}`,
      `rpo:${target}:host`,
      `rto:${target}`,
      `slices:${target}`,
      `slices:${target}:`,
      `cut-off:${target}`,
      `clock:${target}`,
    ]),
  ]
}

/** Whether an id is this one, or one below it: `mongo:medical` stands for `mongo:medical:ping`, and `declared:shop` for no `declared:shop-admin`. */
export function isAtOrBelow(id: string, check: string): boolean {
  return id === check || id.startsWith(`${check}:`)
}

/** Whether a check of that name, or checks below it, may be among these ids. */
export function isPossible(check: string, ids: readonly string[]): boolean {
  return ids.some(
    (id) =>
      !check.endsWith(':') &&
      (isAtOrBelow(id, check) || (id.endsWith(':') && check.startsWith(id))),
  )
}
