import { MongoServerError, Timestamp, type Collection, type Document } from 'mongodb'
import type { Optime } from '../../domain/contents.js'
import type { CountedEntries, CountedStretch, CountedWrites } from '../../domain/oplog/counted.js'
import { compareOptimes } from '../../domain/oplog/optime.js'
import { timestampOf } from './replicationTimes.js'

/** Server error code MaxTimeMSExpired (mongo, src/mongo/base/error_codes.yml). */
const timeExpired = 50

/** Operations that write a document. */
const kinds = ['i', 'u', 'd']

/**
 * A command that counts at once: an `applyOps` of nothing but writes that is no part of a transaction of several entries. The
 * fields are those that `transactionPart` goes by: `multiOpType: 1` is a batch of retried inserts, which refers to an entry before.
 */
const whole: Document = {
  'o.applyOps': { $type: 'array', $not: { $elemMatch: { op: { $nin: [...kinds, 'n'] } } } },
  'o.partialTxn': { $exists: false },
  'o.prepare': { $exists: false },
  $or: [{ multiOpType: 1 }, { 'prevOpTime.ts': { $in: [null, new Timestamp({ t: 0, i: 0 })] } }],
}

/** Every other command: who wants to know what it does has to read it. */
export const notWhole: Document = { op: 'c', $nor: [whole] }

/** One operation on one namespace, as the server groups them. */
interface Row {
  readonly _id: { readonly op?: string; readonly ns?: string }
  readonly entries: number
}

interface EntryRow extends Row {
  readonly first: Timestamp
  readonly last: Timestamp
}

/**
 * Counts the first entries of a stretch, at the server: at most one row for each namespace and kind of write comes back. What is
 * in commands is counted in a second reading of the part that has any. Throws what the driver throws.
 */
export async function countEntries(
  oplog: Collection,
  { from, to, most }: CountedStretch,
  milliseconds: number,
  signal: AbortSignal,
): Promise<CountedEntries | 'late' | 'refused'> {
  // On the disk of a server that is nearly full nothing is put for a count: what it cannot hold in memory is refused.
  const options = { maxTimeMS: Math.max(1, Math.floor(milliseconds)), allowDiskUse: false, signal }
  try {
    const rows = await oplog
      .aggregate<EntryRow>([{ $match: between(from, to) }, { $limit: most }, byEntry], options)
      .toArray()
    const commands = rows.filter(({ _id }) => _id.op === 'c')
    const last = latest(rows)
    const apart = stretchOf(commands)
    const inside = apart
      ? await oplog
          .aggregate<Row>(
            [
              { $match: { ...between(apart.from, apart.to), op: 'c', ...whole } },
              { $unwind: '$o.applyOps' },
              byInner,
            ],
            options,
          )
          .toArray()
      : []
    return {
      entries: rows.reduce((sum, { entries }) => sum + entries, 0),
      ...(last ? { last } : {}),
      writes: [...rows, ...inside].flatMap(writesOf),
      ...(apart ? { apart } : {}),
    }
  } catch (error) {
    if (!(error instanceof MongoServerError)) throw error
    return error.code === timeExpired ? 'late' : 'refused'
  }
}

const byEntry: Document = {
  $group: {
    _id: { op: '$op', ns: '$ns' },
    entries: { $sum: 1 },
    first: { $min: '$ts' },
    last: { $max: '$ts' },
  },
}

const byInner: Document = {
  $group: { _id: { op: '$o.applyOps.op', ns: '$o.applyOps.ns' }, entries: { $sum: 1 } },
}

function between(from: Optime, to: Optime): Document {
  return { ts: { $gte: timestampOf(from), $lte: timestampOf(to) } }
}

function writesOf({ _id: { op, ns }, entries }: Row): readonly CountedWrites[] {
  if (op === undefined || ns === undefined || !kinds.includes(op)) return []
  return [{ operation: op, namespace: ns, count: entries }]
}

function stretchOf(rows: readonly EntryRow[]): CountedEntries['apart'] {
  const from = rows.map(({ first }) => optimeOf(first)).toSorted(compareOptimes)[0]
  const to = latest(rows)
  return from && to ? { from, to } : undefined
}

function latest(rows: readonly EntryRow[]): Optime | undefined {
  return rows
    .map(({ last }) => optimeOf(last))
    .toSorted(compareOptimes)
    .at(-1)
}

function optimeOf({ t, i }: Timestamp): Optime {
  return { seconds: t, ordinal: i }
}
