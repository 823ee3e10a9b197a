import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { ServerFacts } from '../../ports/mongo.js'
import type { DumpRequest } from '../../ports/tools.js'

/** What a dump takes in, and why. */
export interface Scope {
  readonly request: DumpRequest
  /** Databases the backup stands for: they are counted, listed and compared. */
  readonly databases: readonly string[]
  /** Databases cut out of the stream of a whole-instance dump; empty means that everything is kept. */
  readonly only: readonly string[]
  readonly because: string
}

/**
 * Decides what a dump takes in. A replica set with point-in-time recovery, or with no databases named, is dumped whole
 * with its oplog: consistent at one moment. mongodump takes either one database or all, so several named ones are cut
 * out of the stream. Throws `DATABASE_MISSING` (not-found) when a database that should be kept is not there, unless it
 * is the state before a restore that is being saved.
 */
export function decideScope(
  target: Target,
  server: ServerFacts,
  present: readonly string[],
  safety: boolean,
): Scope {
  const missing = target.databases.filter((database) => !present.includes(database))
  if (missing.length > 0 && !safety) throw databaseMissing(target, missing, present)
  const named = target.databases.filter((database) => present.includes(database))
  const whole = target.databases.length === 0

  if (server.replicaSet !== undefined && (target.pointInTime || whole || safety)) {
    return {
      request: { oplog: true },
      databases: present,
      only: [],
      because: 'whole instance with its oplog: consistent at one moment',
    }
  }
  if (whole || safety) {
    const because = 'whole instance, a standalone: each collection as it was when its turn came'
    return { request: { oplog: false }, databases: present, only: [], because }
  }
  const [only] = named
  if (named.length === 1 && only !== undefined) {
    return {
      request: { database: only, oplog: false },
      databases: named,
      only: [],
      because: `database ${only}`,
    }
  }
  return {
    request: { oplog: false },
    databases: named,
    only: named,
    because: `databases ${named.join(', ')}`,
  }
}

function databaseMissing(
  target: Target,
  missing: readonly string[],
  present: readonly string[],
): Failure {
  const there = present.length > 0 ? present.join(', ') : 'none'
  return new Failure(
    'not-found',
    'DATABASE_MISSING',
    `"${target.name}" should hold ${missing.join(', ')}, but the server has no such database (it has: ${there})`,
    ['ops restore latest', 'ops config show'],
  )
}
