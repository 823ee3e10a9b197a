import {
  BSON,
  MongoServerError,
  type AggregateOptions,
  type Document,
  type MongoClient,
} from 'mongodb'
import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { Bound, StoredData } from '../../ports/data.js'
import type { Namespace } from '../../ports/documents.js'
import {
  duplicatesQuestion,
  isOfDocuments,
  projectionOf,
  tallyQuestion,
  type DuplicatesAnswer,
  type TallyAnswer,
} from './dataQuestions.js'
import { isOutOfMemory } from './documentKey.js'
import { mongoFailure } from './mongoFailure.js'

/** MaxTimeMSExpired (mongo, src/mongo/base/error_codes.yml). */
const expired = 50

/** Names these questions in `currentOp`, in the profiler and in the log of the server. */
const comment = 'ops data'

/** What the data of a server is asked, over a connected client. */
export function storedDataOf(client: MongoClient, target: Target): StoredData {
  const collection = ({ database, collection: name }: Namespace) =>
    client.db(database).collection(name)
  const asked = async <Answer>(call: Promise<Answer>, bound: Bound): Promise<Answer> => {
    try {
      return await call
    } catch (error) {
      throw dataFailure(target, error, bound)
    }
  }
  const read = async function* (cursor: AsyncIterable<Document>, bound: Bound) {
    try {
      // With `raw` the driver hands out bytes, which its types do not say.
      for await (const document of cursor) yield document as unknown as Uint8Array
    } catch (error) {
      throw dataFailure(target, error, bound)
    }
  }

  return {
    async tally(namespace, paths, most, bound) {
      const question = tallyQuestion(paths, most)
      const cursor = collection(namespace).aggregate<TallyAnswer>(question, optionsOf(bound))
      const answers = await asked(cursor.toArray(), bound)
      return {
        documents: answers.find(isOfDocuments)?.n ?? 0,
        fields: paths.map((path, at) => {
          const own = answers.filter(({ _id }) => _id.f === at)
          return { path, kinds: Object.fromEntries(own.map(({ _id, n }) => [_id.k, n])) }
        }),
      }
    },

    sample: (namespace, size, bound) =>
      read(
        collection(namespace).aggregate([{ $sample: { size } }], {
          ...optionsOf(bound),
          raw: true,
        }),
        bound,
      ),

    fields: (namespace, paths, { milliseconds, signal }) =>
      read(
        collection(namespace).find(
          {},
          { projection: projectionOf(paths), raw: true, maxTimeMS: milliseconds, signal, comment },
        ),
        { milliseconds, signal },
      ),

    async duplicates(namespace, paths, most, bound) {
      const question = duplicatesQuestion(paths, most)
      const cursor = collection(namespace).aggregate<DuplicatesAnswer>(question, optionsOf(bound))
      const [answer] = await asked(cursor.toArray(), bound)
      const [sums] = answer?.sums ?? []
      const { documents = 0, withoutKey = 0, groups = 0, surplus = 0 } = sums ?? {}
      const largest = (answer?.largest ?? []).map(({ n, first, last }) => ({
        documents: n,
        first: BSON.serialize({ _id: first }),
        last: BSON.serialize({ _id: last }),
      }))
      return { documents, withoutKey, groups, surplus, largest }
    },
  }
}

function optionsOf({
  milliseconds,
  signal,
  disk = true,
}: Bound): AggregateOptions & { signal: AbortSignal } {
  // By the collation of the collection, `a` may be the same as `A`.
  const collation = { locale: 'simple' }
  return { maxTimeMS: milliseconds, allowDiskUse: disk, collation, comment, signal }
}

/** What a server says of a question may quote a document: its code alone is passed on. */
function dataFailure(target: Target, error: unknown, { milliseconds, signal }: Bound): unknown {
  if (signal.aborted) return signal.reason
  if (!(error instanceof MongoServerError)) return mongoFailure(target, error)
  if (error.code === expired)
    return new Failure(
      'timed-out',
      'READ_LIMIT_REACHED',
      `the server of "${target.name}" was not done within ${(milliseconds / 1000).toString()} s`,
      ['ops … --look-limit 30m'],
      { cause: error },
    )
  const known = mongoFailure(target, error)
  if (known !== error) return known
  if (isOutOfMemory(error))
    return new Failure(
      'failed',
      'READ_REFUSED',
      `the server of "${target.name}" needs more than the 100 MB of memory that it gives to one question, and its disk is left alone`,
      ['ops data check   (lets it use its disk)'],
      { cause: error },
    )
  const name = error.codeName === undefined ? '' : `, ${error.codeName}`
  return new Failure(
    'failed',
    'READ_REFUSED',
    `the server of "${target.name}" does not answer what it is asked (error ${String(error.code)}${name})`,
    ['ops doctor'],
    { cause: error },
  )
}
