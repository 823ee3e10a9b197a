import { Elements } from '../bson/elements.js'
import { bsonType } from '../bson/type.js'
import { DocumentWriter } from '../bson/documentWriter.js'
import { transactionEnds } from '../oplog/command.js'

/** An operation of an oplog that stands by itself: no transaction, no list of others. */
export interface Standalone {
  /** An entry with the fields that say what it does, and its time. */
  readonly raw: Buffer
  /** Whether it is a command: it changes what is defined, not documents. */
  readonly isCommand: boolean
}

/** What an entry has of its own, and what its list of operations takes from it. */
const ownFields: ReadonlySet<string> = new Set(['op', 'ns', 'o', 'o2'])
const sharedFields: ReadonlySet<string> = new Set(['ts', 't', 'v'])

/**
 * The operations in an entry, one after the other, with a copy of their bytes each: those of an `applyOps` are taken out of it, the end of a transaction is
 * none. Their time is that of `at`, with which they count. Left out are the UUID of the collection, as mongorestore leaves it out (`filterUUIDs`,
 * mongorestore/oplog.go), and the session of whoever wrote it, which servers do not heed in `applyOps`. Throws ARCHIVE_CORRUPT where it is malformed.
 */
export function operationsOf(entry: Buffer, at: Buffer = entry): Standalone[] {
  const time = [...elementsOf(at, sharedFields)]
  return [...standing(entry, time)]
}

function* standing(entry: Buffer, time: readonly Buffer[]): Generator<Standalone> {
  const isCommand = new Elements(entry, 0).find('op')?.text === 'c'
  const object = isCommand ? new Elements(entry, 0).find('o') : undefined
  const command = object?.isDocument ? object.inside() : undefined
  if (command?.next() === true) {
    if (transactionEnds.has(command.name)) return
    if (command.name === 'applyOps' && command.type === bsonType.array) {
      const inner = command.inside()
      while (inner.next()) yield* standing(inner.inside().document, time)
      return
    }
  }
  const writer = new DocumentWriter()
  for (const element of [...time, ...elementsOf(entry, ownFields)]) writer.raw(element)
  yield { raw: writer.finish(), isCommand }
}

function* elementsOf(document: Buffer, names: ReadonlySet<string>): Generator<Buffer> {
  const fields = new Elements(document, 0)
  while (fields.next()) if (names.has(fields.name)) yield fields.raw
}
