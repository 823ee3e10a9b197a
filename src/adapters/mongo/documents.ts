import { BSON, MongoServerError, type Db, type Document, type MongoClient } from 'mongodb'
import { isDefaultId } from '../../archive/catalogue/definition.js'
import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { Definition, Documents, Matching, RefusedDocument } from '../../ports/documents.js'
import { applied } from './applied.js'
import { changed } from './changed.js'
import { inOrder, isExact } from './inOrder.js'
import { mongoFailure } from './mongoFailure.js'
import { codeOf, queryFailure } from './queryFailure.js'

/** What counts as written. */
const durable = { w: 'majority', j: true } as const

/** Values with the types of BSON. */
const asStored = { promoteValues: false, bsonRegExp: true } as const

/** Whatever the connection string prefers: what lags behind would seem to be missing. */
const primary = { readPreference: 'primary' } as const

/** Server error codes (mongo, src/mongo/base/error_codes.yml). */
const codes = {
  namespaceExists: 48,
  indexOptionsConflict: 85,
  indexKeySpecsConflict: 86,
  cannotCreateIndex: 67,
  cannotIndexParallelArrays: 171,
  cannotBuildIndexKeys: 201,
  documentValidation: 121,
  duplicateKey: 11_000,
  /** "Can't extract geo keys", with the whole document in the sentence. */
  noGeoKeys: 16_755,
} as const

/** Why an index cannot be, for what is there. */
const indexForbidden: ReadonlySet<unknown> = new Set([
  codes.duplicateKey,
  codes.indexOptionsConflict,
  codes.indexKeySpecsConflict,
  codes.cannotCreateIndex,
  codes.cannotBuildIndexKeys,
  codes.cannotIndexParallelArrays,
  codes.noGeoKeys,
])

/** What a server says of one document of many. */
interface WriteError {
  readonly index: number
  readonly code: number
  readonly errmsg?: string
  readonly keyPattern?: Document
}

/** The documents of a server, over a connected client. */
export function documentsOf(client: MongoClient, target: Target): Documents {
  const asking = async <Answer>(call: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await call()
    } catch (error) {
      throw error instanceof MongoServerError
        ? withoutData(target, error)
        : mongoFailure(target, error)
    }
  }
  const read = async function* (database: string, collection: string, filter: Document) {
    try {
      const cursor = client.db(database).collection(collection, primary).find(filter, { raw: true })
      // With `raw` the driver hands out bytes, which its types do not say.
      for await (const document of cursor) yield document as unknown as Uint8Array
    } catch (error) {
      throw mongoFailure(target, error)
    }
  }

  return {
    async *all({ database, collection }, signal) {
      for await (const document of read(database, collection, {})) {
        signal.throwIfAborted()
        yield document
      }
    },

    byId: ({ database, collection }, ids) =>
      read(database, collection, { _id: { $in: ids.map(valueOf) } }),

    matching: ({ database, collection }, query, most) =>
      matched(client.db(database), collection, query, most).catch((error: unknown) => {
        throw queryFailure(target, error)
      }),

    insert: ({ database, collection }, documents) =>
      asking(() => inserted(client.db(database), collection, documents, target)),

    removeSame: ({ database, collection }, documents) =>
      asking(async () => {
        if (documents.length === 0) return 0
        const deletes = documents.map((document) => {
          const whole = inOrder(document)
          // Whoever changed it since it was read keeps it.
          const same = { $expr: { $eq: ['$$ROOT', { $literal: whole }] } }
          // By the collation of the collection, `a` may be the same as `A`.
          const collation = { locale: 'simple' }
          return { q: { _id: whole.get('_id'), ...same }, collation, limit: 1 }
        })
        const answer = await written(
          client.db(database),
          { delete: collection, deletes, ordered: false },
          target,
        )
        return Number(answer['n'])
      }),

    change: (changes) => asking(() => changed(client, changes, target)),

    definition: ({ database, collection }) =>
      asking(() => definitionOf(client.db(database), collection)),

    make: ({ database, collection }, options) =>
      asking(async () => {
        const command = { create: collection, ...Object.fromEntries(inOrder(options)) }
        try {
          await client.db(database).command({ ...command, writeConcern: durable })
        } catch (error) {
          if (!(error instanceof MongoServerError) || error.code !== codes.namespaceExists)
            throw error
          throw new Failure(
            'refused',
            'COLLECTION_EXISTS',
            `${database}.${collection} was made by somebody else just now; nothing of it was touched`,
            ['ops dr deletion   (once more)'],
            { cause: error },
          )
        }
      }),

    buildIndex: ({ database, collection }, definition) =>
      asking(async () => {
        const index = {
          // What is not said would be that of the collection; servers do not say that an index has none.
          collation: { locale: 'simple' },
          ...Object.fromEntries([...inOrder(definition)].filter(([name]) => name !== 'ns')),
        }
        try {
          const command = { createIndexes: collection, indexes: [index], writeConcern: durable }
          await client.db(database).command(command)
          return true
        } catch (error) {
          if (error instanceof MongoServerError && indexForbidden.has(error.code)) return false
          throw error
        }
      }),

    dropIndex: ({ database, collection }, name) =>
      asking(async () => {
        await client.db(database).command({ dropIndexes: collection, index: name })
      }),

    isEmpty: ({ database, collection }) =>
      asking(async () => {
        const one = client.db(database).collection(collection, primary).find({}, { raw: true })
        return (await one.limit(1).toArray()).length === 0
      }),

    setAside: (from, ids, to) =>
      asking(async () => {
        const there = client.db(from.database).collection(from.collection)
        const which = { _id: { $in: ids.map(valueOf) } }
        const into = { db: to.database, coll: to.collection }
        const merge = { into, on: '_id', whenMatched: 'replace', whenNotMatched: 'insert' }
        await there.aggregate([{ $match: which }, { $merge: merge }]).toArray()
        await there.deleteMany(which as Document)
      }),

    apply: (operations, how) => applied(client, operations, target, how),
  }
}

async function matched(
  db: Db,
  collection: string,
  query: Uint8Array,
  most: number,
): Promise<Matching> {
  const filter = BSON.deserialize(query, asStored)
  const answer = await db.command({ count: collection, query: filter }, primary)
  const found = db.collection(collection, primary).find(filter, { raw: true })
  const ids: Uint8Array[] = []
  for await (const id of found.project({ _id: 1 }).limit(most))
    ids.push(Buffer.from(id as Uint8Array))
  return { count: Number(answer['n']), ids }
}

function valueOf(id: Uint8Array): unknown {
  return inOrder(id).get('_id')
}

async function definitionOf(db: Db, collection: string): Promise<Definition | undefined> {
  const listed = await db
    .listCollections({ name: collection }, { nameOnly: false, ...asStored })
    .toArray()
  const [found] = listed
  if (!found) return undefined
  const type = (found.type ?? 'collection') as Definition['type']
  const uuid = found.info?.uuid
  const indexes: readonly Document[] =
    type === 'view' ? [] : await db.collection(collection).listIndexes(asStored).toArray()
  return {
    type,
    ...(uuid ? { uuid: Buffer.from(uuid.buffer).toString('hex') } : {}),
    options: BSON.serialize(found.options ?? {}),
    indexes: indexes
      .filter((index) => !isDefaultId(index))
      .map((index) => ({ name: String(index['name']), definition: BSON.serialize(index) })),
  }
}

async function inserted(
  db: Db,
  collection: string,
  documents: readonly Uint8Array[],
  target: Target,
): Promise<readonly RefusedDocument[]> {
  const decoded = documents.map((document, at) => ({ at, document, fields: inOrder(document) }))
  const refused: RefusedDocument[] = decoded
    .filter(({ document, fields }) => !isExact(document, fields))
    .map(({ at }) => ({ at, because: 'inexact' }))
  const inexact = new Set(refused.map(({ at }) => at))
  const sent = decoded.filter(({ at }) => !inexact.has(at))
  if (sent.length === 0) return refused
  const insert = {
    insert: collection,
    documents: sent.map(({ fields }) => fields),
    ordered: false,
  }
  const answer = await written(db, insert, target)
  for (const error of (answer['writeErrors'] ?? []) as readonly WriteError[])
    refused.push({ at: sent[error.index]?.at ?? -1, ...reasonOf(error, target) })
  return refused
}

/**
 * Servers quote documents in what they say: nothing of that is passed on, but for the name of an index. Throws what says more of
 * the server than of the document: `MONGO_NOT_READY`, `MONGO_UNAUTHORIZED` (environment).
 */
function reasonOf(error: WriteError, target: Target): Omit<RefusedDocument, 'at'> {
  if (error.code === codes.documentValidation) return { because: 'validator' }
  if (error.code !== codes.duplicateKey) {
    const { code } = error
    const known = mongoFailure(target, new MongoServerError({ message: codeOf(error), code }))
    if (known instanceof Failure) throw known
    return { because: 'refused', code }
  }
  const fields = Object.keys(error.keyPattern ?? {})
  if (fields.length === 1 && fields[0] === '_id') return { because: 'same id' }
  // The sentence goes on with the key, which may be a patient's: the name of the index ends before it.
  const index = / index: (\S+)/.exec(error.errmsg ?? '')?.[1]
  return { because: 'unique index', ...(index === undefined ? {} : { index }) }
}

/** A write that a majority has in its journal. Throws `WRITE_REFUSED` (failed) where that is not sure. */
async function written(db: Db, command: Document, target: Target): Promise<Document> {
  const answer = await db.command({ ...command, writeConcern: durable })
  const unsure = answer['writeConcernError'] as { code?: number; codeName?: string } | undefined
  if (unsure) throw refusedWrite(target, `no majority confirmed it (${codeOf(unsure)})`)
  return answer
}

/** An error of a server as what is known of it, or by its code alone: what it says may quote a document. */
function withoutData(target: Target, error: MongoServerError): unknown {
  const known = mongoFailure(target, error)
  return known !== error ? known : refusedWrite(target, codeOf(error))
}

function refusedWrite({ name }: Target, says: string): Failure {
  return new Failure(
    'failed',
    'WRITE_REFUSED',
    `the server of "${name}" did not take what was to be put back: ${says}`,
    ['ops doctor', 'ops dr deletion   (once more: what is there already is left alone)'],
  )
}
