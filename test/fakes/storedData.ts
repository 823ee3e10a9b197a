import { deserialize, serialize, type Document } from 'bson'
import { Failure } from '../../src/domain/failure.js'
import type { Bound, Duplicates, StoredData } from '../../src/ports/data.js'
import type { Namespace } from '../../src/ports/documents.js'
import type { FakeCollection } from './server.js'

type Databases = ReadonlyMap<string, ReadonlyMap<string, FakeCollection>>

/** What documents in memory are asked. A sample is the first of them. */
export class FakeStoredData implements StoredData {
  /** Makes each question take longer than any limit. */
  slow = false
  /** Questions in their order: kind and collection. */
  readonly asked: string[] = []

  constructor(private readonly databases: Databases) {}

  async tally(
    namespace: Namespace,
    paths: readonly string[],
    most: number | undefined,
    bound: Bound,
  ) {
    const documents = (await this.#all('tally', namespace, bound)).slice(0, most)
    const fields = paths.map((path) => {
      const kinds: Record<string, number> = {}
      for (const document of documents) {
        const kind = kindOf(at(document, path.split('.')))
        kinds[kind] = (kinds[kind] ?? 0) + 1
      }
      return { path, kinds }
    })
    return { documents: documents.length, fields }
  }

  async *sample(namespace: Namespace, size: number, bound: Bound) {
    const all = await this.#all('sample', namespace, bound)
    for (const document of all.slice(0, size)) yield serialize(document)
  }

  async *fields(namespace: Namespace, _paths: readonly string[], bound: Bound) {
    for (const document of await this.#all('fields', namespace, bound)) yield serialize(document)
  }

  async duplicates(
    namespace: Namespace,
    paths: readonly string[],
    most: number,
    bound: Bound,
  ): Promise<Duplicates> {
    const all = await this.#all('duplicates', namespace, bound)
    const groups = new Map<string, Uint8Array[]>()
    let withoutKey = 0
    for (const document of all) {
      const _id: unknown = document['_id']
      const rest = Object.entries(document).filter(([name]) => name !== '_id')
      const key = paths.length === 0 ? [rest] : paths.map((path) => at(document, path.split('.')))
      const isNone = (value: unknown) =>
        kindOf(value) === 'missing' || (paths.length > 0 && kindOf(value) === 'emptyList')
      const plain = key.map((value) => (isNone(value) ? null : plainOf(value)))
      if (plain.every((value) => value === null)) withoutKey += 1
      else
        groups.set(JSON.stringify(plain), [
          ...(groups.get(JSON.stringify(plain)) ?? []),
          serialize({ _id }),
        ])
    }
    const repeated = [...groups.values()].filter(({ length }) => length > 1)
    const sorted = repeated.toSorted((one, other) => other.length - one.length)
    return {
      documents: all.length,
      withoutKey,
      groups: repeated.length,
      surplus: repeated.reduce((sum, { length }) => sum + length - 1, 0),
      largest: sorted.slice(0, most).map((ids) => ({
        documents: ids.length,
        first: ids[0] ?? serialize({}),
        last: ids.at(-1) ?? serialize({}),
      })),
    }
  }

  async #all(what: string, { database, collection }: Namespace, { signal }: Bound) {
    this.asked.push(`${what} ${collection}`)
    await Promise.resolve()
    signal.throwIfAborted()
    if (this.slow) throw new Failure('timed-out', 'READ_LIMIT_REACHED', 'not done within 1 s', [])
    const found = this.databases.get(database)?.get(collection)?.documents ?? []
    // With the types of BSON, as a server keeps them.
    return found.map((document) => deserialize(serialize(document), { promoteValues: false }))
  }
}

function at(document: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined) return document
  if (Array.isArray(document)) {
    const found = document.map((one) => at(one, [name, ...rest]))
    return found.filter((one) => one !== undefined)
  }
  if (typeof document !== 'object' || document === null) return undefined
  return at((document as Document)[name], rest)
}

const classes: Readonly<Record<string, string>> = {
  Int32: 'int',
  Long: 'long',
  Double: 'double',
  Decimal128: 'decimal',
  ObjectId: 'objectId',
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'missing'
  if (value === null) return 'null'
  if (typeof value === 'string') {
    if (value === '') return 'emptyText'
    return value.trim() === '' ? 'blankText' : 'string'
  }
  if (typeof value === 'boolean') return 'bool'
  if (value instanceof Date) return 'date'
  if (Array.isArray(value)) return value.length === 0 ? 'emptyList' : 'array'
  const kind = classes[(value as { readonly _bsontype?: string })._bsontype ?? ''] ?? 'object'
  return /^(double|decimal)$/.test(kind) && Number.isNaN(Number(value)) ? `${kind}NaN` : kind
}

/** Numbers are what they are worth. */
function plainOf(value: unknown): unknown {
  const { _bsontype: type = '' } = (value ?? {}) as { readonly _bsontype?: string }
  return /^(Int32|Long|Double|Decimal128)$/.test(type) ? Number(String(value)) : value
}
