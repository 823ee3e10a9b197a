import {
  MongoServerError,
  WriteConcern,
  type ClientSession,
  type Document,
  type MongoClient,
} from 'mongodb'
import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { ChangeRefused, DocumentChange } from '../../ports/documents.js'
import { inOrder, isExact } from './inOrder.js'

/** Times that a transaction is begun again because another one was at the same documents. */
const attempts = 8

/** Server error codes (mongo, src/mongo/base/error_codes.yml). */
const codes = { documentValidation: 121, duplicateKey: 11_000 } as const

/** By the collation of the collection, `a` may be the same as `A`. */
const collation = { locale: 'simple' }

/** Carries changes out in one transaction, or none of them. Throws what the driver throws, and `WRITE_REFUSED` (failed). */
export async function changed(
  client: MongoClient,
  changes: readonly DocumentChange[],
  target: Target,
): Promise<ChangeRefused | undefined> {
  const inexact = changes.some(({ after }) => after && !isExact(after, inOrder(after)))
  if (inexact) return 'inexact'
  for (let attempt = 0; attempt < attempts; attempt++) {
    const session = client.startSession()
    try {
      session.startTransaction({
        readConcern: { level: 'snapshot' },
        writeConcern: new WriteConcern('majority', undefined, true),
        readPreference: 'primary',
      })
      const refused = await within(session, client, changes)
      if (refused === undefined) await session.commitTransaction()
      else await session.abortTransaction()
      return refused
    } catch (error) {
      if (session.inTransaction()) await session.abortTransaction()
      if (!(error instanceof MongoServerError)) throw error
      const refused = reasonOf(error)
      if (refused) return refused
      if (!error.hasErrorLabel('TransientTransactionError')) throw error
    } finally {
      await session.endSession()
    }
  }
  throw new Failure(
    'failed',
    'WRITE_REFUSED',
    `others write the same documents of "${target.name}" all the time: nothing of this part was written`,
    ['ops config show   (is everything that writes named under writers?)', 'ops doctor'],
  )
}

/** What goes makes room for what comes: what is unique may be wanted by another document. */
async function within(
  session: ClientSession,
  client: MongoClient,
  changes: readonly DocumentChange[],
): Promise<ChangeRefused | undefined> {
  const gone = changes.filter(({ after }) => !after)
  const replaced = changes.filter(({ before, after }) => before && after)
  const made = changes.filter(({ before }) => !before)
  for (const [database, collection, own] of byNamespace(gone)) {
    const deletes = own.map((one) => ({ q: asBefore(one), collation, limit: 1 }))
    const answer = await client.db(database).command({ delete: collection, deletes }, { session })
    if (Number(answer['n']) !== own.length) return 'changed meanwhile'
  }
  for (const [database, collection, own] of byNamespace(replaced)) {
    const updates = own.map((one) => ({ q: asBefore(one), u: inOrder(bytesOf(one)), collation }))
    const answer = await client.db(database).command({ update: collection, updates }, { session })
    const refused = firstError(answer)
    if (refused) return refused
    if (Number(answer['n']) !== own.length) return 'changed meanwhile'
  }
  for (const [database, collection, own] of byNamespace(made)) {
    const documents = own.map((one) => inOrder(bytesOf(one)))
    const answer = await client.db(database).command({ insert: collection, documents }, { session })
    const refused = firstError(answer)
    if (refused) return refused
  }
  return undefined
}

/** Only the very document that it was: whoever changed it since keeps it. */
function asBefore({ id, before = id }: DocumentChange): Document {
  const whole = inOrder(before)
  return { _id: whole.get('_id'), $expr: { $eq: ['$$ROOT', { $literal: whole }] } }
}

function bytesOf({ id, after = id }: DocumentChange): Uint8Array {
  return after
}

function* byNamespace(
  changes: readonly DocumentChange[],
): Generator<readonly [string, string, readonly DocumentChange[]]> {
  const groups = new Map<string, DocumentChange[]>()
  for (const change of changes) {
    const { database, collection } = change.namespace
    const name = `${database}.${collection}`
    groups.set(name, [...(groups.get(name) ?? []), change])
  }
  for (const own of groups.values()) {
    const [first] = own
    if (first) yield [first.namespace.database, first.namespace.collection, own]
  }
}

/** Within a transaction the first error ends the command. */
function firstError(answer: Document): ChangeRefused | undefined {
  const [error] = (answer['writeErrors'] ?? []) as readonly MongoServerError[]
  return error && (reasonOf(error) ?? 'refused')
}

/** What an error says of the documents; nothing where it says something of the server. */
function reasonOf({ code, keyPattern }: MongoServerError): ChangeRefused | undefined {
  if (code === codes.documentValidation) return 'validator'
  if (code !== codes.duplicateKey) return undefined
  const fields = Object.keys((keyPattern ?? {}) as Document)
  return fields.length === 1 && fields[0] === '_id' ? 'changed meanwhile' : 'unique index'
}
