import type { RunningOperation } from '../../ports/operations.js'
import { seen } from '../doctor/look.js'
import { span } from '../doctor/words.js'
import type { SlowSeen, TargetTroubles, TroubleEvidence } from './evidence.js'
import { found, type Found } from './found.js'

/** Seconds after which an operation counts as long. */
const long = 10

/** Documents read for one that is returned, from which on an index is missed. */
const wasteful = 100

/** Programs whose work is long by nature, and must not be ended: backups, restores, replication, and ops itself. */
const withTime =
  /^(ops\b|mongodump|mongorestore|mongoexport|mongoimport|pbm|mongodb-pbm|OplogFetcher|MongoDB (Automation|Monitoring|Backup))/i

const ownDatabases = /^(admin|config|local)(\.|$)/

/** Does anything take long? */
export function judgeSlow({ targets }: Pick<TroubleEvidence, 'targets'>): readonly Found[] {
  return targets.flatMap((target) => {
    const doing = seen(target.doing)
    if (!doing || seen(doing.writesLocked) === true) return []
    const operations = seen(doing.operations) ?? []
    // Who keeps others waiting is told as that.
    const isWaited = operations.some(({ waitsForLock }) => waitsForLock)
    return [
      ...operations
        .filter((one) => isLong(one) && !(isWaited && one.exclusive))
        .map((one) => longOperation(target, one)),
      ...(seen(doing.slow) ?? []).flatMap((query) => missingIndex(target, query)),
    ]
  })
}

/** What a client asked for, takes long, and waits for nobody: who waits is a victim, told by what it waits for. */
function isLong(one: RunningOperation): boolean {
  return (
    one.seconds >= long &&
    one.client !== undefined &&
    one.connection !== undefined &&
    !one.waitsForLock &&
    !ownDatabases.test(one.namespace) &&
    !withTime.test(one.application ?? '')
  )
}

function longOperation({ name }: TargetTroubles, operation: RunningOperation): Found {
  const {
    opid,
    command,
    namespace,
    seconds,
    client = '',
    application,
    writes,
    exclusive,
  } = operation
  const number = opid.toString()
  return found('slow', 'warn', 'long-operation', {
    also: exclusive ? ['lock'] : [],
    about: name,
    says: `${command} on ${namespace} has been running for ${span(seconds)}`,
    because: [
      `operation ${number}, since ${operation.startedAt}, from ${client}${application === undefined ? '' : ` (${application})`}`,
      ...(exclusive ? ['it keeps others from writing'] : []),
    ],
    candidates: [
      { cause: 'missing-index', needs: 'the query itself: mongosh --eval "db.currentOp()"' },
    ],
    next: [
      ...(writes ? ['it may change data: ended half-way, part of it stays done'] : []),
      `mongosh --eval "db.killOp(${number})"`,
    ],
    // Half of a change would stay: whether that is wanted is for people.
    fix: writes
      ? null
      : { kind: 'operation', title: `end operation ${number} of ${name}`, target: name, operation },
  })
}

function missingIndex({ name }: TargetTroubles, query: SlowSeen): readonly Found[] {
  const { namespace, fields, scansAll, wantsIndex, examined, returned, times, milliseconds } = query
  const [field] = fields
  if (!scansAll || field === undefined || examined < wasteful * Math.max(1, returned)) return []
  if (!wantsIndex) return []
  return [
    found('slow', 'warn', 'missing-index', {
      about: name,
      says: `queries of ${namespace} by ${fields.join(', ')} read every document, for want of an index`,
      because: [
        `${times === 1 ? '1 slow query' : `${times.toString()} slow queries`} in its log, the slowest ${milliseconds.toString()} ms: ${examined.toString()} documents read, ${returned.toString()} returned`,
        `no index of it begins with ${field}, and it holds documents with that field`,
      ],
      next: [
        `ops troubleshoot slow --fix --target ${name}   (builds it beside the work of others)`,
      ],
      fix: {
        kind: 'index',
        title: `build an index on ${field} of ${namespace}`,
        target: name,
        namespace,
        field,
      },
    }),
  ]
}
