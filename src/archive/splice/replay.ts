import { deserialize } from 'bson'
import type { Catalogue, DocumentBounds } from '../../domain/catalogue.js'
import type { ArchiveContents, Optime } from '../../domain/contents.js'
import type { LateDefinitions } from '../../domain/lateDefinitions.js'
import { writtenNames } from '../../domain/oplog/unlisted.js'
import { Elements } from '../bson/elements.js'
import { fieldsIn, type Fields } from '../bson/fields.js'
import { replaceFields, type Replacement } from '../bson/replaceFields.js'
import { bsonType, largestDocument } from '../bson/type.js'
import { CatalogueModel } from '../catalogue/model.js'
import { Unmodelled } from '../catalogue/unmodelled.js'
import { damage } from '../damage.js'
import { deepestNesting, readCommand, splitNamespace, transactionEnds } from '../oplog/command.js'
import { readMetadata } from '../metadata.js'
import { readOplogEntry, type OplogEntry } from '../oplog/entry.js'
import type { PreludeEntry } from '../prelude.js'
import { withOperations } from './divided.js'
import { DocumentCounts } from './documentCounts.js'
import { dropCommand, withItsView, withoutLate } from './inItsPlace.js'
import { Listed } from './listed.js'
import { lastWord } from './lastWord.js'
import {
  aboutIndexes,
  isReplayed,
  notes,
  ofTheServer,
  onOneCollection,
  writes,
} from './replayed.js'
import { OpenTransactions, transactionPart, type TransactionPart } from './transactions.js'

/** An operation on its way through: its bytes, and where changes of the catalogue are to go. */
interface Passing {
  readonly raw: Buffer
  readonly offset: number
  readonly depth: number
  readonly isTransaction: boolean
  readonly change: (change: () => void) => void
}

/** What a replay is told beforehand. */
export interface ReplayOptions {
  /** Databases that are restored, all by default; of the others nothing is replayed or followed. */
  readonly keep?: (database: string) => boolean
  /** `unknown` where entries are judged that no base was read before: see `Refusals`. */
  readonly base?: 'known' | 'unknown'
}

/**
 * Decides, entry by entry in the order of time, what mongorestore is given to replay, and follows what becomes of the
 * catalogue. Throws ARCHIVE_CORRUPT for what is no entry, Unmodelled (naming it) for what cannot be replayed.
 */
export class Replay {
  readonly #model: CatalogueModel
  readonly #transactions = new OpenTransactions()
  readonly #replayed = new Map<string, boolean>()
  /** What mongorestore reads of the prelude: names of indexes by namespace. */
  readonly #announced = new Map<string, readonly string[]>()
  readonly #counts = new DocumentCounts()
  readonly #listed: Listed
  #isFirst = true
  #operations = 0
  readonly keep: (database: string) => boolean
  readonly base: 'known' | 'unknown'

  constructor({ keep = () => true, base = 'known' }: ReplayOptions = {}) {
    this.keep = keep
    this.base = base
    this.#model = new CatalogueModel(base)
    this.#listed = new Listed(base === 'known')
  }

  /** The base has ended: what comes now was recorded after it. */
  baseEnded(): void {
    this.#counts.baseEnded()
    this.#listed.baseEnded()
  }

  announce(entry: PreludeEntry, offset: number): void {
    this.#model.announce(entry, offset)
    const name = `${entry.database}.${entry.collection}`
    const { type } = readMetadata(entry, offset)
    for (const written of writtenNames(entry.database, entry.collection, type))
      this.#listed.add(written)
    const indexes = this.#model.indexesOf(name).map((index) => String(index['name']))
    if (indexes.length > 0) this.#announced.set(name, indexes)
  }

  /** What is replayed for an entry: nothing, the entry itself, or others in its place. */
  take(raw: Buffer, offset: number): readonly Buffer[] {
    const isFirst = this.#isFirst && this.base === 'known'
    this.#isFirst = false
    const entry = readOplogEntry(new Elements(raw, offset))
    const part = entry.operation === 'c' ? transactionPart(raw, offset) : undefined
    // What a base begins with may be the end of a transaction: that was committed before any document was dumped.
    const needsBeginning = part?.continues === true && !isFirst && this.base === 'known'
    if (needsBeginning && !this.#transactions.has(part.id)) {
      throw new Unmodelled('the end of a transaction whose beginning is missing')
    }
    try {
      return this.#take(raw, offset, entry, part)
    } catch (error) {
      if (!isFirst) throw error
      // What a base begins with was there before any document was dumped, unless it is of a transaction that was open then.
      if (error instanceof Unmodelled && part?.then !== 'open') return []
      throw error
    }
  }

  #take(
    raw: Buffer,
    offset: number,
    entry: OplogEntry,
    part: TransactionPart | undefined,
  ): readonly Buffer[] {
    const changes: (() => void)[] = []
    const replayed = this.#operation(entry, {
      raw,
      offset,
      depth: 0,
      isTransaction: part !== undefined,
      change: (change) => changes.push(change),
    })
    if (part) this.#transactions.take(part, changes)
    else for (const change of changes) change()
    if (part || changes.length > 0) this.#model.requireTellable()
    const tooLarge = replayed.find(({ length }) => length > largestDocument)
    if (tooLarge) {
      const size = `${tooLarge.length.toString()} bytes on ${entry.namespace}`
      throw new Unmodelled(`an entry of ${size}, of which mongorestore takes 16 MiB at most,`)
    }
    return replayed
  }

  /** The entries that end the oplog. `at` is what they bear as their time. */
  *lastWord(at: Optime): Generator<Buffer> {
    const { touched } = this.#model
    const names = new Set([...this.#announced.keys(), ...touched])
    const orders = [...names].sort().map((namespace) => {
      // Told to build indexes of a time-series of which only the buckets are there, it would make a collection in its place.
      const build = this.#model.isMadeSeries(namespace) ? [] : this.#model.indexesOf(namespace)
      const expected = new Set(build.map((index) => String(index['name'])))
      const announced = this.#announced.get(namespace) ?? []
      const forget = announced.filter((name) => !expected.has(name))
      return { namespace, build: touched.has(namespace) ? build : [], forget }
    })
    yield* lastWord(orders, at)
  }

  get expected(): Catalogue {
    return this.#model.expected()
  }

  /** What is to be defined when everything has been replayed. */
  get late(): LateDefinitions {
    return this.#model.late()
  }

  /** Writes and commands that were passed on so far. */
  get operations(): number {
    return this.#operations
  }

  /** How many documents each expected namespace has, views left out; buckets of a time-series. */
  documents({ namespaces }: ArchiveContents): Readonly<Record<string, DocumentBounds>> {
    const base = new Map(
      Object.values(namespaces).map(({ database, collection, storedAs, documents }) => [
        `${database}.${storedAs ?? collection}`,
        documents,
      ]),
    )
    return Object.fromEntries(
      Object.entries(this.expected)
        .filter(([, { type }]) => type !== 'view')
        .map(([name, { type }]) => {
          const [database, collection] = splitNamespace(name)
          const stored = type === 'timeseries' ? `${database}.system.buckets.${collection}` : name
          return [name, this.#counts.boundsOf(stored, base)]
        }),
    )
  }

  #operation(entry: OplogEntry, passing: Passing): readonly Buffer[] {
    const { operation, namespace } = entry
    if (notes.has(operation)) return []
    if (operation === 'c') return this.#command(entry, passing)
    if (!writes.has(operation)) throw new Unmodelled(`an operation of the kind ${operation}`)
    if (!this.#isReplayed(namespace)) {
      if (namespace === 'admin.system.version') requireSameVersion(passing.raw)
      return []
    }
    if (isOfViews(namespace)) {
      // Servers let nobody write there, not even root: views are made when all else is there.
      this.#viewWrite(operation, passing)
      return []
    }
    if (!this.#listed.has(namespace)) return []
    this.#operations++
    const count = () => {
      this.#counts.written(operation, namespace)
    }
    // By itself it happens now; among others, when they do.
    if (passing.depth === 0) count()
    else passing.change(count)
    return [passing.raw]
  }

  #viewWrite(operation: string, { raw, change }: Passing): void {
    const { o, o2 } = decoded(raw)
    change(() => {
      this.#model.viewWrite(operation, fieldsIn(o) ?? {}, fieldsIn(o2))
    })
  }

  #command({ namespace, object }: OplogEntry, passing: Passing): readonly Buffer[] {
    const { raw, offset, change } = passing
    const command = object && readCommand(namespace, object)
    if (!command) throw damage('ARCHIVE_CORRUPT', offset, 'a command of the oplog is empty')
    const { name } = command
    if (name === 'applyOps') return this.#applyOps(object, passing)
    if (transactionEnds.has(name)) return [raw]
    if (ofTheServer.has(name)) return []
    const [database] = splitNamespace(namespace)
    if (name === 'dropDatabase') {
      if (database === 'config' || database === 'local' || !this.keep(database)) return []
      change(() => {
        this.#counts.databaseDropped(database, this.#storedNames())
        this.#model.dropDatabase(database)
      })
      this.#operations++
      return [raw]
    }
    if (name === 'renameCollection') return this.#rename(passing)
    const known = onOneCollection.has(name) || aboutIndexes.has(name)
    if (!known || object.text === undefined) {
      // What mongorestore does not know ends it (`unknown oplog command name`).
      throw new Unmodelled(`the command ${name} on ${command.namespace}`)
    }
    if (!this.#isReplayed(command.namespace)) return []
    if (name === 'create') this.#listed.add(command.namespace)
    const document = decoded(object.document)
    change(() => {
      this.#model.command(name, command.namespace, document)
      if (name === 'create') this.#counts.created(command.namespace)
      else if (name === 'drop' || name === 'emptycapped') this.#counts.dropped(command.namespace)
    })
    if (aboutIndexes.has(name) || isOfViews(command.namespace)) return []
    this.#operations++
    if (name === 'drop') return withItsView(raw, offset, command.namespace)
    return name === 'collMod' ? withoutLate(raw, offset, object.document, document) : [raw]
  }

  /**
   * mongorestore does not pass on which collection a renaming replaces as this server knows it: the server would put the
   * one that is there aside, under a name of its own, and keep it. It is dropped by an entry of its own instead.
   */
  #rename({ raw, offset, change }: Passing): readonly Buffer[] {
    const object = new Elements(raw, offset).find('o')?.inside()
    const command = object && decoded(object.document)
    const { renameCollection: from, to, dropTarget, stayTemp } = command ?? {}
    if (!object || typeof from !== 'string' || typeof to !== 'string') {
      throw damage('ARCHIVE_CORRUPT', offset, 'a renaming in the oplog names no collections')
    }
    const kept = [from, to].map((name) => this.#isReplayed(name))
    if (kept[0] !== kept[1]) throw new Unmodelled(`the renaming of ${from} to ${to}`)
    if (!kept[0]) return []
    this.#listed.add(to)
    change(() => {
      this.#model.rename(from, to, stayTemp === true)
      this.#counts.renamed(from, to)
    })
    this.#operations++
    const replaced = (fields: ReadonlyMap<string, Replacement>) =>
      replaceFields(raw, offset, fields)
    const plainRename = replaceFields(object.document, offset, new Map([['dropTarget', undefined]]))
    const rename = replaced(new Map([['o', plainRename]]))
    if (dropTarget === undefined || dropTarget === false) return [rename]
    const [database, collection] = splitNamespace(to)
    const drop = dropCommand(collection)
    return [
      replaced(
        new Map<string, Replacement>([
          ['ns', `${database}.$cmd`],
          ['o', drop],
        ]),
      ),
      rename,
    ]
  }

  #applyOps(object: Elements, passing: Passing): readonly Buffer[] {
    const { raw, offset, depth } = passing
    if (object.type !== bsonType.array || depth >= deepestNesting) {
      throw damage('ARCHIVE_CORRUPT', offset, 'an applyOps of the oplog is malformed')
    }
    const kept: Buffer[] = []
    let changed = false
    const operations = object.inside()
    while (operations.next()) {
      const inner = operations.inside().document
      const entry = readOplogEntry(operations.inside())
      const replayed = this.#operation(entry, { ...passing, raw: inner, depth: depth + 1 })
      changed ||= replayed.length !== 1 || replayed[0] !== inner
      kept.push(...replayed)
    }
    if (!changed && raw.length <= largestDocument) return [raw]
    return withOperations(raw, offset, kept, passing.isTransaction)
  }

  /** Under the names by which documents are counted. */
  #storedNames(): readonly string[] {
    return [...this.#model.names].flatMap((name) => {
      const [database, collection] = splitNamespace(name)
      return [name, `${database}.system.buckets.${collection}`]
    })
  }

  #isReplayed(namespace: string): boolean {
    const known = this.#replayed.get(namespace)
    if (known !== undefined) return known
    const answer = isReplayed(namespace) && this.keep(splitNamespace(namespace)[0])
    this.#replayed.set(namespace, answer)
    return answer
  }
}

function isOfViews(namespace: string): boolean {
  return namespace.endsWith('.system.views')
}

/** With the types of BSON, so that it can be encoded again. */
function decoded(raw: Buffer): Fields {
  return deserialize(raw, { promoteValues: false, bsonRegExp: true })
}

/** What a server may do follows from its version; a change of it cannot be replayed on another server. */
function requireSameVersion(raw: Buffer): void {
  const { o, o2 } = decoded(raw)
  const id = (fieldsIn(o2) ?? fieldsIn(o))?.['_id']
  if (id === 'featureCompatibilityVersion') {
    throw new Unmodelled('a change of the feature compatibility version')
  }
}
