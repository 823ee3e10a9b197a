import { deserialize, serialize, type Document } from 'bson'
import { idOf } from '../../src/archive/documentId.js'
import type {
  ChangeRefused,
  Definition,
  DocumentChange,
  Documents,
  Namespace,
  RefusedDocument,
} from '../../src/ports/documents.js'
import { Failure } from '../../src/domain/failure.js'
import type { FakeCollection } from './server.js'

type Databases = Map<string, Map<string, FakeCollection>>

const text = (document: Uint8Array) => Buffer.from(document).toString('latin1')
const keyOf = (document: Uint8Array) => text(idOf(document))
const decoded = (document: Uint8Array) => deserialize(document, { promoteValues: false })

/** The documents of a server in memory. Unique indexes are those whose names say so: `name_1_unique`. */
export class FakeDocuments implements Documents {
  readonly #uuids = new Map<string, string>()
  readonly #definitions = new Map<string, Uint8Array>()
  readonly #options = new Map<string, Uint8Array>()
  #made = 0

  constructor(private readonly databases: Databases) {}

  async *all({ database, collection }: Namespace, signal: AbortSignal) {
    for (const document of this.#raw(database, collection)) {
      signal.throwIfAborted()
      yield await Promise.resolve(document)
    }
  }

  async *byId({ database, collection }: Namespace, ids: readonly Uint8Array[]) {
    const wanted = new Set(ids.map(keyOf))
    for (const document of this.#raw(database, collection))
      if (wanted.has(keyOf(document))) yield await Promise.resolve(document)
  }

  /** Fields that are equal, and nothing else that a query can say. */
  matching({ database, collection }: Namespace, query: Uint8Array, most: number) {
    const wanted = Object.entries(deserialize(query))
    if (wanted.some(([name]) => name.startsWith('$')))
      return Promise.reject(new Failure('usage', 'QUERY_REFUSED', 'no such operator', []))
    const found = this.#raw(database, collection).filter((document) => {
      const fields = deserialize(document)
      return wanted.every(([name, value]) => fields[name] === value)
    })
    return Promise.resolve({ count: found.length, ids: found.slice(0, most).map(idOf) })
  }

  insert({ database, collection }: Namespace, documents: readonly Uint8Array[]) {
    const there = this.#open(database, collection)
    const refused: RefusedDocument[] = []
    for (const [at, document] of documents.entries()) {
      const index = this.#unique(there, document)
      const has = this.#raw(database, collection).some((one) => keyOf(one) === keyOf(document))
      if (has) refused.push({ at, because: 'same id' })
      else if (index !== undefined) refused.push({ at, because: 'unique index', index })
      else there.documents.push(decoded(document))
    }
    return Promise.resolve(refused)
  }

  removeSame({ database, collection }: Namespace, documents: readonly Uint8Array[]) {
    const there = this.databases.get(database)?.get(collection)
    const same = new Set(documents.map(text))
    const kept = there?.documents.filter((one) => !same.has(text(serialize(one)))) ?? []
    const removed = (there?.documents.length ?? 0) - kept.length
    if (there) there.documents = kept
    return Promise.resolve(removed)
  }

  /** All or none, in the order of the adapter: what goes, what is replaced, what is made. */
  change(changes: readonly DocumentChange[]): Promise<ChangeRefused | undefined> {
    const found = ({ namespace: { database, collection }, id }: DocumentChange) =>
      this.#raw(database, collection).find((one) => keyOf(one) === text(id))
    for (const change of changes) {
      const there = found(change)
      const { before } = change
      const isSame = before ? there !== undefined && text(there) === text(before) : !there
      if (!isSame) return Promise.resolve('changed meanwhile')
    }
    for (const { namespace, id, after } of changes) {
      const there = this.#open(namespace.database, namespace.collection)
      const others = there.documents.filter((one) => keyOf(serialize(one)) !== text(id))
      if (after && this.#unique({ ...there, documents: others }, after) !== undefined)
        return Promise.resolve('unique index')
      const at = there.documents.findIndex((one) => keyOf(serialize(one)) === text(id))
      if (!after) there.documents = others
      else if (at < 0) there.documents.push(decoded(after))
      else there.documents[at] = decoded(after)
    }
    return Promise.resolve(undefined)
  }

  definition({ database, collection }: Namespace): Promise<Definition | undefined> {
    const name = `${database}.${collection}`
    const there = this.databases.get(database)?.get(collection)
    if (!there) return Promise.resolve(undefined)
    if (!this.#uuids.has(name)) this.#uuids.set(name, `uuid-${(this.#made++).toString()}`)
    const options = this.#options.get(name) ?? serialize({})
    if ('viewOn' in deserialize(options))
      return Promise.resolve({ type: 'view', options, indexes: [] })
    return Promise.resolve({
      type: 'collection',
      uuid: this.#uuids.get(name) ?? '',
      options,
      indexes: there.indexes
        .filter((index) => index !== '_id_')
        .map((index) => ({
          name: index,
          definition: this.#definitions.get(`${name} ${index}`) ?? serialize({ name: index }),
        })),
    })
  }

  make({ database, collection }: Namespace, options: Uint8Array) {
    const name = `${database}.${collection}`
    if (this.databases.get(database)?.has(collection))
      return Promise.reject(new Failure('refused', 'COLLECTION_EXISTS', `${name} is there`, []))
    this.#open(database, collection)
    this.#options.set(name, options)
    this.#uuids.set(name, `uuid-${(this.#made++).toString()}`)
    return Promise.resolve()
  }

  buildIndex({ database, collection }: Namespace, definition: Uint8Array) {
    const there = this.#open(database, collection)
    const name = String(deserialize(definition)['name'])
    if (isUnique(name) && hasTwice(there.documents, fieldOf(name))) return Promise.resolve(false)
    there.indexes.push(name)
    this.#definitions.set(`${database}.${collection} ${name}`, definition)
    return Promise.resolve(true)
  }

  dropIndex({ database, collection }: Namespace, name: string) {
    const there = this.#open(database, collection)
    there.indexes = there.indexes.filter((one) => (name === '*' ? one === '_id_' : one !== name))
    return Promise.resolve()
  }

  isEmpty({ database, collection }: Namespace) {
    return Promise.resolve(this.#raw(database, collection).length === 0)
  }

  setAside(from: Namespace, ids: readonly Uint8Array[], to: Namespace) {
    const wanted = new Set(ids.map(keyOf))
    const source = this.#open(from.database, from.collection)
    const aside = this.#open(to.database, to.collection)
    const isWanted = (one: Document) => wanted.has(keyOf(serialize(one)))
    const moved = source.documents.filter(isWanted)
    const keys = new Set(moved.map((one) => keyOf(serialize(one))))
    const others = aside.documents.filter((one) => !keys.has(keyOf(serialize(one))))
    aside.documents = [...others, ...moved]
    source.documents = source.documents.filter((one) => !isWanted(one))
    return Promise.resolve()
  }

  apply(operations: readonly Uint8Array[]) {
    for (const raw of operations) {
      const { op, ns, o } = decoded(raw) as { op: string; ns: string; o: Document }
      const dot = ns.indexOf('.')
      const there = this.#open(ns.slice(0, dot), ns.slice(dot + 1))
      const id = keyOf(serialize(op === 'u' ? (decoded(raw)['o2'] as Document) : o))
      const others = there.documents.filter((one) => keyOf(serialize(one)) !== id)
      // Replacements only: what a diff does is the server's to know.
      there.documents = op === 'd' ? others : [...others, o]
    }
    return Promise.resolve(operations.length)
  }

  #raw(database: string, collection: string): readonly Buffer[] {
    const found = this.databases.get(database)?.get(collection)?.documents ?? []
    return found.map((document) => Buffer.from(serialize(document)))
  }

  #open(database: string, collection: string): FakeCollection {
    const collections = this.databases.get(database) ?? new Map<string, FakeCollection>()
    this.databases.set(database, collections)
    const there = collections.get(collection) ?? { documents: [], indexes: ['_id_'] }
    collections.set(collection, there)
    return there
  }

  #unique({ documents, indexes }: FakeCollection, document: Uint8Array): string | undefined {
    const fields = deserialize(document)
    return indexes
      .filter(isUnique)
      .find((name) => documents.some((one) => one[fieldOf(name)] === fields[fieldOf(name)]))
  }
}

const isUnique = (index: string) => index.endsWith('_unique')
const fieldOf = (index: string) => index.split('_')[0] ?? ''

function hasTwice(documents: readonly Document[], field: string): boolean {
  return new Set(documents.map((one) => one[field] as unknown)).size < documents.length
}
