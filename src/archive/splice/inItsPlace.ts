import { bucketsPrefix } from '../../domain/buckets.js'
import { DocumentWriter } from '../bson/documentWriter.js'
import type { Fields } from '../bson/fields.js'
import { replaceFields, type Replacement } from '../bson/replaceFields.js'
import { splitNamespace } from '../oplog/command.js'

/** The command that drops a collection. */
export function dropCommand(collection: string): Buffer {
  return new DocumentWriter().text('drop', collection).finish()
}

/**
 * The dropping of a collection; where it holds the buckets of a time-series, the view that this is seen through goes by an
 * entry of its own, because the write that takes it away is not replayed. Servers drop what is not there without a word.
 */
export function withItsView(raw: Buffer, offset: number, namespace: string): readonly Buffer[] {
  const [, collection] = splitNamespace(namespace)
  if (!collection.startsWith(bucketsPrefix)) return [raw]
  const series = dropCommand(collection.slice(bucketsPrefix.length))
  return [raw, replaceFields(raw, offset, new Map<string, Replacement>([['o', series]]))]
}

/**
 * What a `collMod` says of an index goes into the model; mongorestore stops at most of it. The granularity of a time-series
 * is in the view that it is seen through too: the server changes both at once, when all else is there.
 */
export function withoutLate(raw: Buffer, offset: number, command: Buffer, said: Fields): Buffer[] {
  const late = ['index', 'timeseries'].filter((field) => field in said)
  if (late.length === 0) return [raw]
  if (Object.keys(said).length === late.length + 1) return []
  const gone = new Map(late.map((field): [string, Replacement] => [field, undefined]))
  const rest = replaceFields(command, offset, gone)
  return [replaceFields(raw, offset, new Map([['o', rest]]))]
}
