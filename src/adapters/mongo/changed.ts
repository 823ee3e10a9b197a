import { setTimeout as sleep } from 'node:timers/promises'
import {
  MongoServerError,
  WriteConcern,
  type ClientSession,
  type Document,
  type MongoClient,
} from 'mongodb'
import { asBuffer } from '../../archive/asBuffer.js'
import { Elements } from '../../archive/bson/elements.js'
import { bsonType } from '../../archive/bson/type.js'
import { idOf } from '../../archive/documentId.js'
import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { ChangeRefused, DocumentChange } from '../../ports/documents.js'
import { inOrder, isExact } from './inOrder.js'
import { mongoFailure } from './mongoFailure.js'

/** Times that a transaction is begun again because another one was at the same documents, and milliseconds before the second. */
const attempts = 8
const firstPause = 20

/** Bytes of documents, and documents, of one command: what it is sent as may have 16 MB and a little. */
const together = { bytes: 8 * 1024 * 1024, documents: 1_000 }

/** Server error codes (mongo, src/mongo/base/error_codes.yml). */
const codes = {
  documentValidation: 121,
  duplicateKey: 11_000,
  lockTimeout: 24,
  writeConflict: 112,
} as const

/**
 * Carries changes out in one transaction, or none of them. The documents are read in it: whoever writes to one of them at the same time is in
 * conflict with it, so that it is never written over. Throws what the driver throws, and `WRITE_REFUSED` (failed).
 */
export async function changed(
  client: MongoClient,
  changes: readonly DocumentChange[],
  target: Target,
): Promise<ChangeRefused | undefined> {
  if (changes.some(({ after }) => after && !isKept(after))) return 'inexact'
  for (let attempt = 1; ; attempt++) {
    const session = client.startSession()
    try {
      session.startTransaction({
        readConcern: { level: 'snapshot' },
        writeConcern: new WriteConcern('majority', undefined, true),
        readPreference: 'primary',
      })
      const refused = await within(session, client, changes, target)
      if (refused === undefined) await session.commitTransaction()
      else await session.abortTransaction()
      return refused
    } catch (error) {
      if (session.inTransaction()) await session.abortTransaction()
      if (!(error instanceof MongoServerError)) throw error
      if (!error.hasErrorLabel('TransientTransactionError')) throw error
      if (attempt >= attempts) return takenBy(error, target)
    } finally {
      await session.endSession()
    }
    await sleep(firstPause * 2 ** attempt)
  }
}

/** Somebody holds one of the documents in a transaction without end; else throws `WRITE_REFUSED` (failed). */
function takenBy({ code }: MongoServerError, target: Target): ChangeRefused {
  if (code === codes.writeConflict || code === codes.lockTimeout) return 'changed meanwhile'
  throw new Failure(
    'failed',
    'WRITE_REFUSED',
    `the server of "${target.name}" begins no transaction that lasts (error ${String(code)}): nothing of this part was written`,
    ['ops config show   (is everything that writes named under writers?)', 'ops doctor'],
  )
}

/** What the server would store is what it is sent: a timestamp of nothing is filled with the time. */
function isKept(document: Uint8Array): boolean {
  if (!isExact(document, inOrder(document))) return false
  const fields = new Elements(asBuffer(document), 0)
  while (fields.next())
    if (fields.type === bsonType.timestamp && fields.bytes.readBigUInt64LE(fields.start) === 0n)
      return false
  return true
}

/** What goes makes room for what comes: what is unique may be wanted by another document. */
async function within(
  session: ClientSession,
  client: MongoClient,
  changes: readonly DocumentChange[],
  target: Target,
): Promise<ChangeRefused | undefined> {
  const there = changes.filter(({ before }) => before)
  for (const own of parts(there, ({ before }) => before?.length ?? 0))
    if (!(await areAsBefore(session, client, own))) return 'changed meanwhile'
  // A field that is named like an operator is taken in a document that comes, and not in one that replaces another.
  const isRemade = ({ before, after }: DocumentChange) =>
    before !== undefined && after !== undefined && hasOperatorName(after)
  const gone = there.filter((one) => !one.after || isRemade(one))
  const replaced = there.filter((one) => one.after && !isRemade(one))
  const made = changes.filter((one) => !one.before || isRemade(one))
  const size = ({ id, after = id }: DocumentChange) => id.length + after.length
  try {
    for (const own of parts(gone, ({ id }) => id.length)) {
      const deletes = own.map(({ id }) => ({ q: named(id), limit: 1 }))
      await write(session, client, own, { delete: collectionOf(own), deletes })
    }
    for (const own of parts(replaced, size)) {
      const updates = own.map((one) => ({ q: named(one.id), u: inOrder(bytesOf(one)) }))
      await write(session, client, own, { update: collectionOf(own), updates })
    }
    for (const own of parts(made, size)) {
      const documents = own.map((one) => inOrder(bytesOf(one)))
      await write(session, client, own, { insert: collectionOf(own), documents })
    }
  } catch (error) {
    const refused = reasonOf(error, target)
    if (refused === undefined) throw error
    return refused
  }
  return undefined
}

/** Whether each document is, in every byte, what it is to be. */
async function areAsBefore(
  session: ClientSession,
  client: MongoClient,
  changes: readonly DocumentChange[],
): Promise<boolean> {
  const left = new Map(changes.map((one) => [hexOf(one.id), one.before]))
  const ids = changes.map(({ id }) => inOrder(id).get('_id'))
  const collection = client.db(databaseOf(changes)).collection(collectionOf(changes))
  const found = collection.find({ _id: { $in: ids } } as Document, { raw: true, session })
  for await (const document of found) {
    // With `raw` the driver hands out bytes, which its types do not say.
    const bytes = asBuffer(document as unknown as Uint8Array)
    const id = hexOf(idOf(bytes))
    // By the collation of the collection, `a` may be the same as `A`.
    if (left.get(id) && bytes.equals(left.get(id) ?? bytes)) left.delete(id)
  }
  return left.size === 0
}

/** Within a transaction the first error ends the command. */
async function write(
  session: ClientSession,
  client: MongoClient,
  changes: readonly DocumentChange[],
  command: Document,
): Promise<void> {
  const answer = await client.db(databaseOf(changes)).command(command, { session })
  const [error] = (answer['writeErrors'] ?? []) as readonly Document[]
  if (error) throw new MongoServerError(error)
  if (Number(answer['n']) !== changes.length)
    throw new MongoServerError({ message: 'not all were there', code: codes.writeConflict })
}

/** It was read in this transaction: this is the very document, whatever the collation says of others. */
function named(id: Uint8Array): Document {
  return { _id: inOrder(id).get('_id') }
}

function bytesOf({ id, after = id }: DocumentChange): Uint8Array {
  return after
}

function hasOperatorName(document: Uint8Array): boolean {
  return [...inOrder(document).keys()].some((name) => name.startsWith('$'))
}

/** Parts that one command takes, each of one collection, in which what was first stays first. */
function* parts(
  changes: readonly DocumentChange[],
  size: (change: DocumentChange) => number,
): Generator<readonly DocumentChange[]> {
  const groups = new Map<string, DocumentChange[]>()
  for (const change of changes) {
    const { database, collection } = change.namespace
    const name = `${database}.${collection}`
    const own = groups.get(name) ?? []
    groups.set(name, own)
    own.push(change)
  }
  for (const own of groups.values()) {
    let part: DocumentChange[] = []
    let bytes = 0
    for (const change of own) {
      const isFull = part.length >= together.documents || bytes + size(change) > together.bytes
      if (isFull && part.length > 0) {
        yield part
        part = []
        bytes = 0
      }
      part.push(change)
      bytes += size(change)
    }
    if (part.length > 0) yield part
  }
}

function databaseOf([first]: readonly DocumentChange[]): string {
  return first?.namespace.database ?? ''
}

function collectionOf([first]: readonly DocumentChange[]): string {
  return first?.namespace.collection ?? ''
}

function hexOf(id: Uint8Array): string {
  return Buffer.from(id).toString('hex')
}

/** What an error says of the documents; nothing where it says something of the server, or of another transaction. */
function reasonOf(error: unknown, target: Target): ChangeRefused | undefined {
  if (!(error instanceof MongoServerError)) return undefined
  if (error.hasErrorLabel('TransientTransactionError')) return undefined
  const { code, keyPattern } = error
  if (code === codes.writeConflict) return 'changed meanwhile'
  if (code === codes.documentValidation) return 'validator'
  if (code === codes.duplicateKey) {
    const fields = Object.keys((keyPattern ?? {}) as Document)
    return fields.length === 1 && fields[0] === '_id' ? 'changed meanwhile' : 'unique index'
  }
  return mongoFailure(target, error) === error ? 'refused' : undefined
}
