import { BSON, MongoServerError, type Db } from 'mongodb'
import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import { unlessAborted } from '../probes/unlessAborted.js'
import { connectedClient, type MongoWorld } from './mongo.js'
import { queryFailure } from './queryFailure.js'

/** What is asked of which server, and how long it may think about it: it gives up by itself then. */
export interface Inquiry {
  readonly target: Target
  /** `database.collection`. */
  readonly namespace: string
  readonly limitMilliseconds: number
}

/** MaxTimeMSExpired (mongo, src/mongo/base/error_codes.yml). */
const timeIsUp = 50

/** A member that lags behind is better than none: what is counted here decides nothing. */
const readPreference = 'primaryPreferred'

/**
 * Counts what a filter (extended JSON) matches; also tells whether there is such a collection at all. Reads only. Throws
 * `QUERY_REFUSED` (usage), `QUERY_TOO_SLOW` (timed-out), what connecting throws, and the signal's reason.
 */
export function countMatching(
  inquiry: Inquiry & { readonly filter: Readonly<Record<string, unknown>> },
  world: MongoWorld,
  signal: AbortSignal,
): Promise<{ readonly count: number; readonly exists: boolean }> {
  return asking(inquiry, world, signal, async (db, collection) => {
    // Its declaration wants a document, and gives none back.
    const query: unknown = BSON.EJSON.deserialize({ ...inquiry.filter })
    const command = { count: collection, query, maxTimeMS: inquiry.limitMilliseconds }
    const count = Number((await db.command(command, { readPreference, signal }))['n'])
    return { count, exists: count > 0 || (await isThere(db, collection, signal)) }
  })
}

/**
 * The newest date that a field of any document holds; null where none does. A server without an index of that field reads every
 * document. Throws what `countMatching` throws.
 */
export function newestDate(
  inquiry: Inquiry & { readonly field: string },
  world: MongoWorld,
  signal: AbortSignal,
): Promise<Date | null> {
  const { field, limitMilliseconds: maxTimeMS } = inquiry
  return asking(inquiry, world, signal, async (db, collection) => {
    const only = { projection: { _id: 0, [field]: 1 }, readPreference, maxTimeMS, signal } as const
    const cursor = db.collection(collection).find({ [field]: { $type: 'date' } }, only)
    const [newest] = await cursor
      .sort({ [field]: -1 })
      .limit(1)
      .toArray()
    // Of a list the greatest counts, as it does for the server that sorts.
    const dates = datesAt(newest, field.split('.'))
    return dates.reduce<Date | null>((one, other) => (one && one > other ? one : other), null)
  })
}

async function asking<Answer>(
  { target, namespace }: Inquiry,
  world: MongoWorld,
  signal: AbortSignal,
  ask: (db: Db, collection: string) => Promise<Answer>,
): Promise<Answer> {
  const connecting = connectedClient(target, world, signal)
  const connected = await unlessAborted(connecting, signal)
  if (!connected) {
    // It may come late: nobody else would close it.
    connecting.then(({ close }) => close()).catch(() => undefined)
    throw signal.reason as Error
  }
  const { client, close } = connected
  const at = namespace.indexOf('.')
  try {
    signal.throwIfAborted()
    return await ask(client.db(namespace.slice(0, at)), namespace.slice(at + 1))
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof MongoServerError && error.code === timeIsUp) throw tooSlow(target)
    throw queryFailure(target, error)
  } finally {
    await close()
  }
}

/** The dates at a dotted path, through lists as the server goes. */
function datesAt(value: unknown, [name, ...rest]: readonly string[]): readonly Date[] {
  if (Array.isArray(value))
    return value.flatMap((one: unknown) => datesAt(one, name === undefined ? [] : [name, ...rest]))
  if (name === undefined) return value instanceof Date ? [value] : []
  if (typeof value !== 'object' || value === null) return []
  return datesAt((value as Readonly<Record<string, unknown>>)[name], rest)
}

async function isThere(db: Db, name: string, signal: AbortSignal): Promise<boolean> {
  const options = { nameOnly: true, authorizedCollections: true, signal }
  return (await db.listCollections({ name }, options).toArray()).length > 0
}

function tooSlow({ name }: Target): Failure {
  return new Failure(
    'timed-out',
    'QUERY_TOO_SLOW',
    `the server of "${name}" did not come to the end of the query in the time of the check`,
    ['make an index for the query', 'raise the timeout of the check in ops.yaml'],
  )
}
