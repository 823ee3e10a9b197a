import { asBuffer } from '../../../archive/asBuffer.js'
import { idText } from '../../../archive/documentId.js'
import { Elements } from '../../../archive/bson/elements.js'
import { bsonType } from '../../../archive/bson/type.js'
import { OperationReader, type ReadOperation } from '../../../archive/oplog/operations.js'
import { pointOf } from '../../../archive/oplog/point.js'
import type { Span } from '../../../domain/bisect/positions.js'
import { Thinned } from '../../../domain/bisect/thinned.js'
import type { Optime } from '../../../domain/contents.js'
import { rightAfter } from '../../../domain/deletions/deletion.js'
import { compareOptimes, isAfter } from '../../../domain/oplog/optime.js'
import type { Target } from '../../../domain/target.js'
import type { Namespace } from '../../../ports/documents.js'
import type { World } from '../../../ports/world.js'
import { slicedEntries } from '../deletionEntries.js'
import { deletedId } from '../deletionWindow.js'
import { keyOf } from '../putBack.js'

/**
 * Which entries of a span may have made the query match: those that wrote to documents that match in the end, any on the collection,
 * or any at all.
 */
export type Suspects = 'documents' | 'collection' | 'everything'

/** Entries that are kept of a span at most: some states between them are asked, and then those around the turn. */
const most = 4_096

/** Entries that were found, in order. */
export interface FoundEntries {
  readonly entries: readonly Optime[]
  /** Whether they are all that there are. */
  readonly isAll: boolean
}

/** What the oplog says of one entry. */
export interface DescribedEntry {
  readonly operations: readonly ReadOperation[]
  /** As the server noted it down; absent where it did not. */
  readonly wall?: Date
}

/** Reads what slices hold of a span. */
export class SpanReader {
  constructor(
    private readonly target: Target,
    private readonly namespace: Namespace,
    private readonly world: World,
  ) {}

  /** Entries that are suspected. `ids`: documents of nothing but an `_id`. Throws what reading slices throws. */
  async suspects(
    span: Span,
    of: Suspects,
    ids: readonly Uint8Array[],
    signal: AbortSignal,
  ): Promise<FoundEntries> {
    const found = new Thinned<Optime>(most)
    const keys = new Set(ids.map(keyOf))
    let last: Optime | undefined
    const add = (at: Optime) => {
      if (!isAfter(at, span.clean) || (last && compareOptimes(last, at) === 0)) return
      last = at
      found.add(at)
    }
    const reader = this.#reader()
    for await (const entry of this.#entries(span, signal)) {
      if (of === 'everything') add(pointOf(entry).at)
      else
        for (const operation of reader.take(asBuffer(entry)))
          if (of === 'collection' || isSuspect(operation, keys)) add(operation.at)
    }
    return { entries: found.items, isAll: found.isAll }
  }

  /**
   * What one entry did to the collection. Reads from `since` on, for what it commits may stand in entries before it. Throws what reading
   * slices throws.
   */
  async describe(at: Optime, since: Optime, signal: AbortSignal): Promise<DescribedEntry> {
    const reader = this.#reader()
    let described: DescribedEntry = { operations: [] }
    for await (const entry of this.#entries({ clean: since, dirty: at }, signal)) {
      const operations = reader.take(asBuffer(entry))
      if (compareOptimes(pointOf(entry).at, at) !== 0) continue
      const wall = wallOf(asBuffer(entry))
      described = { operations, ...(wall ? { wall } : {}) }
    }
    return described
  }

  #entries({ clean, dirty }: Span, signal: AbortSignal): AsyncIterable<Uint8Array> {
    return slicedEntries(rightAfter(clean), dirty, this.target, this.world, signal)
  }

  /** Of the collection, and of its database as a whole. */
  #reader(): OperationReader {
    const { database, collection } = this.namespace
    const name = `${database}.${collection}`
    return new OperationReader((one) => one === name || one === database)
  }
}

/** Whether an operation may have made one of these documents what they are: nothing that takes documents away did. */
function isSuspect({ kind, raw }: ReadOperation, keys: ReadonlySet<string>): boolean {
  if (kind === 'create' || kind === 'replace') return true
  return (kind === 'insert' || kind === 'update') && raw !== undefined && keys.has(keyOf(idIn(raw)))
}

/** The `_id` of the document that a write is about, as text; nothing for a command. */
export function writtenId({ kind, raw }: ReadOperation): string | undefined {
  return raw && (kind === 'insert' || kind === 'update') ? idText(idIn(raw)) : undefined
}

function idIn(raw: Buffer): Buffer {
  return deletedId(raw)
}

function wallOf(entry: Buffer): Date | undefined {
  const wall = new Elements(entry, 0).find('wall')
  return wall?.type === bsonType.date
    ? new Date(Number(wall.bytes.readBigInt64LE(wall.start)))
    : undefined
}
