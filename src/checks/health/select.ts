import { Failure } from '../../domain/failure.js'
import { nearestName } from '../../domain/nearest.js'

/** What servers are judged by, what backups are, and symptoms that no other check tells. */
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

/** Every id that a built-in check of these targets may have: not each has something to judge at any time. */
export function possibleIds(targets: readonly string[]): readonly string[] {
  return [
    'engine',
    'history',
    'container:',
    'image:',
    'clock:engine',
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
      `cut-off:${target}`,
      `clock:${target}`,
    ]),
  ]
}

/** Whether somebody asked for checks of a kind; everybody does who names none. */
export function wantsKind(wanted: readonly string[], kind: string): boolean {
  return wanted.length === 0 || wanted.some((one) => kind.startsWith(headOf(one)))
}

/** Whether somebody asked for this very check. Where a whole kind could not be looked at, one finding stands for all of it. */
export function wantsCheck(wanted: readonly string[], id: string): boolean {
  return wanted.length === 0 || wanted.some((one) => id.startsWith(one) || one.startsWith(`${id}:`))
}

/** Throws `CHECK_UNKNOWN` (usage) for a name that no check begins with, with the nearest one. */
export function requireKnown(wanted: readonly string[], known: readonly string[]): void {
  const unknown = wanted.find((one) => !known.some((id) => wantsCheck([one], id)))
  if (unknown !== undefined) throw checkUnknown(unknown, known)
}

/** The same before anything is looked at, by kinds alone. */
export function requireKnownKinds(wanted: readonly string[], kinds: readonly string[]): void {
  const unknown = wanted.find(
    (one) => one === '' || !kinds.some((kind) => kind.startsWith(headOf(one))),
  )
  if (unknown !== undefined) throw checkUnknown(unknown, kinds)
}

function headOf(name: string): string {
  return name.split(':')[0] ?? name
}

function checkUnknown(name: string, known: readonly string[]): Failure {
  const meant = nearestName(name, known) ?? nearestName(headOf(name), known)
  return new Failure(
    'usage',
    'CHECK_UNKNOWN',
    `there is no check "${name}"${meant === undefined ? '' : `; did you mean "${meant}"?`}`,
    [meant === undefined ? 'ops health' : `ops health ${meant}`, 'ops health --json'],
  )
}
