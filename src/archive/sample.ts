import { createHash } from 'node:crypto'
import { Elements } from './bson/elements.js'
import { bsonType } from './bson/type.js'
import type { LedgerOptions } from './ledger.js'
import { touchedIds } from './touchedIds.js'

/** One document of an archive, kept as what it takes to find it again and to tell whether it is the same. */
export interface SampledDocument {
  /** `database.collection` as the archive announces it. */
  readonly namespace: string
  /** A BSON document of its `_id` alone. */
  readonly id: Uint8Array
  /** SHA-256 of its BSON, 64 hex digits. */
  readonly sha256: string
}

/** How the reader names the oplog that `mongodump --oplog` appends: it stands in no database. */
const oplogName = '.oplog'

/**
 * Draws a number of documents of each collection while an archive passes, each with the same chance (Vitter's algorithm
 * R), in memory that does not grow with the archive. `random` gives numbers from 0 up to 1. To be handed to an
 * `ArchiveReader` as its `documents`.
 */
export class DocumentSample implements NonNullable<LedgerOptions['documents']> {
  readonly #drawn = new Map<
    string,
    { seen: number; readonly kept: (SampledDocument | undefined)[] }
  >()
  #byId: Map<string, SampledDocument> | undefined
  readonly #touched = new Set<SampledDocument>()

  constructor(
    readonly size: number,
    readonly random: () => number,
  ) {}

  of(): boolean {
    return true
  }

  each(document: Buffer, namespace: string): void {
    if (namespace === oplogName) {
      this.#leaveOutTouched(document)
      return
    }
    const drawn = this.#drawn.get(namespace) ?? { seen: 0, kept: [] }
    this.#drawn.set(namespace, drawn)
    drawn.seen += 1
    if (drawn.kept.length < this.size) {
      drawn.kept.push(sampled(document, namespace))
      return
    }
    const at = Math.floor(this.random() * drawn.seen)
    if (at < this.size) drawn.kept[at] = sampled(document, namespace)
  }

  /** What was drawn, without what the archive's own oplog changes afterwards. */
  taken(): readonly SampledDocument[] {
    return this.#all().filter((one) => !this.#touched.has(one))
  }

  /** mongodump writes the oplog last, so that the drawing is over by then. */
  #leaveOutTouched(entry: Buffer): void {
    const byId = (this.#byId ??= new Map(
      this.#all().map((one) => [keyOf(one.namespace, one.id.subarray(4, -1)), one]),
    ))
    touchedIds(entry, (namespace, id) => {
      const found = byId.get(keyOf(namespace.replace('.system.buckets.', '.'), id))
      if (found) this.#touched.add(found)
    })
  }

  #all(): readonly SampledDocument[] {
    return [...this.#drawn.values()].flatMap(({ kept }) => kept.filter((one) => one !== undefined))
  }
}

/**
 * Nothing for a document that cannot be told apart (it has no `_id`), or that no server takes as it is: an empty
 * timestamp on its top level is replaced by the time of the insert (MongoDB manual, "BSON Types", Timestamps).
 */
function sampled(document: Buffer, namespace: string): SampledDocument | undefined {
  const elements = new Elements(document, 0)
  let id: Buffer | undefined
  while (elements.next()) {
    if (elements.type === bsonType.timestamp && isZero(document, elements.start)) return undefined
    if (elements.name === '_id') id = elements.raw
  }
  if (!id) return undefined
  const alone = Buffer.alloc(id.length + 5)
  alone.writeInt32LE(alone.length)
  id.copy(alone, 4)
  return { namespace, id: alone, sha256: createHash('sha256').update(document).digest('hex') }
}

function isZero(document: Buffer, at: number): boolean {
  return document.readBigInt64LE(at) === 0n
}

function keyOf(namespace: string, id: Uint8Array): string {
  return `${namespace} ${Buffer.from(id).toString('hex')}`
}
