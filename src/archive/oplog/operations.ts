import { createHash } from 'node:crypto'
import type { Optime } from '../../domain/contents.js'
import type { Operation, OperationKind } from '../../domain/deletions/operation.js'
import { isAfter } from '../../domain/oplog/optime.js'
import { Elements } from '../bson/elements.js'
import { bsonType } from '../bson/type.js'
import { damage } from '../damage.js'
import { transactionPart, type TransactionPart } from '../splice/transactions.js'
import { deepestNesting, readCommand, renamedTo, splitNamespace } from './command.js'
import { readOplogEntry, type OplogEntry } from './entry.js'

/** An operation with its own bytes, where these were asked for: an entry, or what stands in an `applyOps`. */
export interface ReadOperation extends Operation {
  readonly raw?: Buffer
  /** Of a transaction whose beginning was not read: what else is in it is not known. */
  readonly isTorn?: true
}

type Found = Pick<ReadOperation, 'kind' | 'namespace' | 'uuid' | 'raw'> & { count: number }

/** A transaction that is not committed yet. */
interface Pending {
  readonly since: Optime
  readonly found: Found[]
  readonly isTorn?: true
}

const kinds: Readonly<Record<string, OperationKind>> = { i: 'insert', u: 'update', d: 'delete' }

/**
 * Reads entries of an oplog, in order, as operations in the order in which they took effect: what is in a transaction when
 * that is committed, and never where it is not. A transaction whose beginning was not read is known by what was.
 */
export class OperationReader {
  readonly #open = new Map<string, Pending>()

  /**
   * @param wants namespaces of which each operation is wanted with its bytes. Left out: operations of all, those of a kind in a
   *   row as one, so that a transaction of any size takes little memory.
   */
  constructor(private readonly wants?: (namespace: string) => boolean) {}

  /** Takes the next entry. Throws ARCHIVE_CORRUPT where it is none. */
  take(raw: Buffer): readonly ReadOperation[] {
    const entry = readOplogEntry(new Elements(raw, 0))
    const { operation, timestamp } = entry
    if (!timestamp) throw damage('ARCHIVE_CORRUPT', 0, 'an entry of the oplog has no timestamp')
    if (operation === 'n' || (operation === 'i' && !this.wants)) return []
    const found: Found[] = []
    const part = operation === 'c' ? transactionPart(raw, 0) : undefined
    this.#collect(entry, raw, found, 0)
    const all: Pending | undefined = part
      ? this.#ofTransaction(part, found, timestamp)
      : { since: timestamp, found }
    if (!all || all.found.length === 0) return []
    const readFrom = this.#oldest(all.since)
    const client = clientOf(raw)
    return all.found.map((one) => ({
      ...one,
      ...client,
      at: timestamp,
      readFrom,
      isTransaction: part !== undefined,
      ...(all.isTorn ? { isTorn: true } : {}),
    }))
  }

  #ofTransaction(part: TransactionPart, found: Found[], at: Optime): Pending | undefined {
    const torn = part.continues ? { isTorn: true as const } : {}
    const known = this.#open.get(part.id) ?? { since: at, found: [], ...torn }
    for (const one of found) this.#add(known.found, one)
    if (part.then === 'open') {
      this.#open.set(part.id, known)
      return undefined
    }
    this.#open.delete(part.id)
    return part.then === 'commit' ? known : undefined
  }

  #oldest(at: Optime): Optime {
    let oldest = at
    for (const { since } of this.#open.values()) if (isAfter(oldest, since)) oldest = since
    return oldest
  }

  #collect(entry: OplogEntry, raw: Buffer, into: Found[], depth: number): void {
    const kind = kinds[entry.operation]
    if (kind) {
      const uuid = kind === 'delete' ? uuidOf(raw) : {}
      this.#add(into, { kind, namespace: entry.namespace, ...uuid, count: 1, raw })
    } else if (entry.operation === 'c') this.#command(entry, raw, into, depth)
  }

  #command({ namespace, object }: OplogEntry, raw: Buffer, into: Found[], depth: number): void {
    const command = object && readCommand(namespace, object)
    if (!command) throw damage('ARCHIVE_CORRUPT', 0, 'a command of the oplog is empty')
    const [database] = splitNamespace(namespace)
    switch (command.name) {
      case 'create':
        this.#add(into, { kind: 'create', namespace: command.namespace, count: 0, raw })
        return
      case 'drop': {
        const count = droppedDocuments(raw)
        this.#add(into, { kind: 'drop', namespace: command.namespace, count, raw })
        return
      }
      case 'dropDatabase':
        this.#add(into, { kind: 'dropDatabase', namespace: database, count: 0, raw })
        return
      case 'renameCollection': {
        const { to, replaces } = renamedTo(object)
        const kind = replaces ? 'replace' : 'create'
        if (to !== undefined) this.#add(into, { kind, namespace: to, count: 0, raw })
        // Whoever asks for this one alone has to know too that what is written to its name from here on is written to another.
        if (this.wants)
          this.#add(into, { kind: 'rename', namespace: command.namespace, count: 0, raw })
        return
      }
      case 'applyOps':
        this.#inner(object, into, depth)
    }
  }

  #inner(object: Elements, into: Found[], depth: number): void {
    if (object.type !== bsonType.array || depth >= deepestNesting)
      throw damage('ARCHIVE_CORRUPT', 0, 'an applyOps of the oplog is malformed')
    const operations = object.inside()
    while (operations.next()) {
      const inner = operations.inside().document
      this.#collect(readOplogEntry(operations.inside()), inner, into, depth + 1)
    }
  }

  #add(to: Found[], { kind, namespace, uuid, count, raw }: Found): void {
    if (this.wants) {
      // An entry is valid until the next one is asked for.
      if (this.wants(namespace) && raw) to.push({ kind, namespace, count, raw: Buffer.from(raw) })
      return
    }
    const last = to.at(-1)
    const isSame = last?.kind === kind && last.namespace === namespace && last.uuid === uuid
    const isMore = isSame && kind in counted
    if (isMore) last.count += count
    else to.push({ kind, namespace, ...(uuid === undefined ? {} : { uuid }), count })
  }
}

/** Kinds that take effect document by document. */
const counted: Readonly<Partial<Record<OperationKind, true>>> = {
  insert: true,
  update: true,
  delete: true,
}

/** The collection of a write (`ui`), which keeps its UUID for as long as it is there. */
function uuidOf(raw: Buffer): Pick<Operation, 'uuid'> {
  const uuid = new Elements(raw, 0).find('ui')
  // Of a binary: four bytes of length, one of its subtype, then what it is.
  return uuid?.type === bsonType.binary
    ? { uuid: uuid.bytes.toString('hex', uuid.start + 5, uuid.end) }
    : {}
}

/** How many documents a collection had when it was dropped: servers since 4.2 say it (`o2.numRecords`). */
function droppedDocuments(raw: Buffer): number {
  const before = new Elements(raw, 0).find('o2')
  const count = before?.isDocument ? before.inside().find('numRecords') : undefined
  if (count?.type === bsonType.int32) return count.bytes.readInt32LE(count.start)
  if (count?.type === bsonType.int64) return Number(count.bytes.readBigInt64LE(count.start))
  return 0
}

/** The session of an entry, and whose it was: `lsid` is `{id, uid}`, where `uid` is the SHA-256 of the name of the user. */
function clientOf(raw: Buffer): Pick<Operation, 'session' | 'user'> {
  const lsid = new Elements(raw, 0).find('lsid')
  if (!lsid?.isDocument) return {}
  const fields = lsid.inside()
  const session = createHash('sha256').update(fields.document).digest('hex').slice(0, 16)
  const uid = fields.find('uid')
  if (uid?.type !== bsonType.binary) return { session }
  // Of a binary: four bytes of length, one of its subtype, then what it is.
  return { session, user: uid.bytes.toString('hex', uid.start + 5, uid.end) }
}
