import { deserialize, serialize, type Document } from 'bson'
import type { Duplicates, RemovedDuplicates, SharedKey } from '../../src/ports/operations.js'

/** Documents in memory, of which some have the same key; raw BSON, as a server keeps them. */
export class FakeSharedKeys {
  documents: Uint8Array[]

  constructor(documents: readonly Document[]) {
    this.documents = documents.map((document) => serialize(document))
  }

  count(fields: readonly string[]): Duplicates {
    const groups = this.#groups(fields)
    return { groups: groups.length, surplus: surplusOf(groups).length }
  }

  look(fields: readonly string[]): SharedKey {
    const groups = this.#groups(fields)
    const surplus = surplusOf(groups)
    const seen = new Set(surplus.map(({ one }) => hex(one)))
    const kept = new Set(surplus.map((each) => hex(each.kept)))
    const largest = groups
      .toSorted((a, b) => b.length - a.length)
      .slice(0, 3)
      .map((group) => ({
        documents: group.length,
        first: idOf(group[0]),
        last: idOf(group.at(-1)),
      }))
    const differing = surplus.filter(({ one, kept }) => restOf(one) !== restOf(kept)).length
    return {
      ...this.count(fields),
      differing,
      largest,
      wasSeen: (document) => seen.has(hex(document)),
      wasKept: (document) => kept.has(hex(document)),
    }
  }

  remove(
    fields: readonly string[],
    { wasSeen, wasKept }: Pick<SharedKey, 'wasSeen' | 'wasKept'>,
  ): RemovedDuplicates {
    const groups = this.#groups(fields)
    const going = surplusOf(groups)
      .filter(({ one, kept }) => wasSeen(one) && wasKept(kept))
      .map(({ one }) => one)
    this.documents = this.documents.filter((one) => !going.includes(one))
    return { removed: going.length, groups: groups.length }
  }

  /** Of each key that more than one document has, its documents by their `_id`s, which are numbers. */
  #groups(fields: readonly string[]): readonly (readonly Uint8Array[])[] {
    const groups = new Map<string, Uint8Array[]>()
    for (const one of this.documents) {
      const key = fields.map((field) => at(deserialize(one), field.split('.')))
      if (!key.every(saysSomething)) continue
      const name = JSON.stringify(key)
      groups.set(name, [...(groups.get(name) ?? []), one])
    }
    return [...groups.values()]
      .filter(({ length }) => length > 1)
      .map((group) => group.toSorted((a, b) => numberOf(a) - numberOf(b)))
  }
}

function surplusOf(groups: readonly (readonly Uint8Array[])[]) {
  return groups.flatMap(([kept, ...others]) =>
    others.map((one) => ({ one, kept: kept ?? new Uint8Array() })),
  )
}

function saysSomething(value: unknown): boolean {
  if (value === undefined || value === null || Array.isArray(value)) return false
  if (typeof value === 'string') return value.trim() !== ''
  if (typeof value === 'number') return !Number.isNaN(value)
  return typeof value !== 'object' || Object.keys(value).length > 0
}

function at(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined) return value
  if (typeof value !== 'object' || value === null) return undefined
  return at((value as Document)[name], rest)
}

function restOf(document: Uint8Array): string {
  return JSON.stringify({ ...deserialize(document), _id: null })
}

function idOf(document: Uint8Array = serialize({})): Uint8Array {
  return serialize({ _id: deserialize(document)['_id'] as unknown })
}

function numberOf(document: Uint8Array): number {
  return Number(deserialize(document)['_id'])
}

function hex(document: Uint8Array): string {
  return Buffer.from(document).toString('hex')
}
