import { MongoError, MongoServerError, type Document, type MongoClient } from 'mongodb'
import type { Optime } from '../../domain/contents.js'
import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { Oplog } from '../../ports/oplog.js'
import { countEntries, notWhole } from './countEntries.js'
import { isUnauthorized, mongoFailure } from './mongoFailure.js'
import { replicaSetConfig } from './replicaSetConfig.js'
import { lastStandaloneStart } from './startups.js'
import { timestampOf } from './replicationTimes.js'

/** Entries of one batch at most; the server also ends a batch at 16 MiB. */
const atOnce = 5_000

/** Milliseconds that the server may take over one answer. */
const patience = 60_000

/** Server error code NoReplicationEnabled (mongo, src/mongo/base/error_codes.yml). */
const noReplication = 76

/** Whatever the connection string prefers: one that lags behind lacks entries that are there, which would look like a gap. */
const primary = { readPreference: 'primary' } as const

/** Entries that a majority has: they cannot be rolled back, and there are no holes between them that could still be filled. */
const majority = { ...primary, readConcern: { level: 'majority' } } as const

/** The oplog of a server, over a connected client. */
export function oplogOf(client: MongoClient, target: Target): Oplog {
  const local = () => client.db('local')
  const oplog = () => local().collection('oplog.rs', majority)
  const asking = async <Answer>(call: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await call()
    } catch (error) {
      throw oplogFailure(target, error)
    }
  }

  return {
    window: () =>
      asking(async () => {
        const hello: Document = await client.db('admin').command({ hello: 1 })
        if (hello['setName'] === undefined) return undefined
        const [oldest, newest, replicaSetId, standalone] = await Promise.all([
          edge(oplog(), 1),
          edge(oplog(), -1),
          identityOf(client),
          lastStandaloneStart(client),
        ])
        if (!oldest || !newest)
          throw new Failure(
            'failed',
            'OPLOG_UNREADABLE',
            `the oplog of "${target.name}" is empty: its replica set has only just been initiated`,
            ['ops doctor'],
          )
        const whole = oldest.message === 'initiating set'
        return {
          oldest: oldest.at,
          newest: newest.at,
          whole,
          ...(replicaSetId === undefined ? {} : { replicaSetId }),
          ...(standalone instanceof Date ? { standaloneAt: standalone.toISOString() } : {}),
          ...(standalone === 'unknown' ? { startsHidden: true } : {}),
        }
      }),

    entryAt: (at) =>
      asking(async () => {
        const found = await local()
          .collection('oplog.rs', primary)
          .findOne({ ts: timestampOf(at) }, { raw: true, maxTimeMS: patience })
        // With `raw` the driver hands out bytes, which its types do not say.
        return (found as Uint8Array | null) ?? undefined
      }),

    entries: (from, to, signal) => found({}, from, to, signal),

    async count(stretch, milliseconds, signal) {
      signal.throwIfAborted()
      try {
        return await countEntries(oplog(), stretch, milliseconds, signal)
      } catch (error) {
        signal.throwIfAborted()
        throw oplogFailure(target, error)
      }
    },

    apart: (from, to, signal) => found(notWhole, from, to, signal),
  }

  async function* found(
    wanted: Document,
    from: Optime,
    to: Optime,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    signal.throwIfAborted()
    try {
      const range = { ts: { $gte: timestampOf(from), $lte: timestampOf(to) }, ...wanted }
      const cursor = oplog().find(range, {
        // Without a bound of the server's: it would count all batches together. Who reads watches that they come.
        raw: true,
        batchSize: atOnce,
        signal,
      })
      for await (const entry of cursor) yield entry as unknown as Uint8Array
    } catch (error) {
      signal.throwIfAborted()
      throw oplogFailure(target, error)
    }
  }
}

type Collection = ReturnType<ReturnType<MongoClient['db']>['collection']>

/** The first (1) or the last (-1) entry; `message` is that of a noop. */
async function edge(oplog: Collection, direction: 1 | -1) {
  const [found] = await oplog
    .find({}, { projection: { ts: 1, 'o.msg': 1 }, maxTimeMS: patience })
    .sort({ $natural: direction })
    .limit(1)
    .toArray()
  const at = found?.['ts'] as { t: number; i: number } | undefined
  const message = (found?.['o'] as { msg?: unknown } | undefined)?.msg
  return at && { at: { seconds: at.t, ordinal: at.i }, message }
}

/** The id of the set; nothing where this user may not ask. */
async function identityOf(client: MongoClient): Promise<string | undefined> {
  try {
    return (await replicaSetConfig(client)).id
  } catch (error) {
    if (isUnauthorized(error)) return undefined
    if (error instanceof MongoServerError && error.code === noReplication) return undefined
    throw error
  }
}

/** Whatever the driver says: a follower has to tell what may pass from a mistake of its own. */
export function oplogFailure(target: Target, error: unknown): unknown {
  const known = mongoFailure(target, error)
  if (known instanceof Failure || !(known instanceof MongoError)) return known
  return new Failure(
    'failed',
    'OPLOG_UNREADABLE',
    `the oplog of "${target.name}" could not be read: ${known.message.split('\n')[0] ?? ''}`,
    ['ops pitr status', 'ops doctor'],
    { cause: known },
  )
}
