import { deepEqual } from 'node:assert/strict'
import { EJSON } from 'bson'
import type { Document, MongoClient } from 'mongodb'
import type { Catalogue } from '../../../src/domain/catalogue.js'

/** The database written to most. */
export const name = 'clinic'

/** What a step did to documents: undefined for one that is gone. Namespaces are `database.collection`. */
export type Change =
  | {
      readonly kind: 'document'
      readonly namespace: string
      readonly id: string
      readonly text?: string
    }
  | { readonly kind: 'dropped'; readonly namespace: string }
  | { readonly kind: 'dropped database'; readonly database: string }
  | { readonly kind: 'renamed'; readonly from: string; readonly to: string }

/** Documents by namespace and id, as canonical Extended JSON. */
export type State = Map<string, Map<string, string>>

/** A time-series does not keep the order of the fields of its measurements. */
function textOf(document: Document): string {
  const { _id, at, where, pulse, ...others } = document
  const settled =
    pulse === undefined
      ? document
      : {
          _id: _id as unknown,
          at: at as Date,
          where: where as Document,
          pulse: pulse as number,
          ...others,
        }
  return EJSON.stringify(settled, { relaxed: false })
}

export function wrote(collection: string, document: Document, database = name): Change {
  const text = textOf(document)
  return {
    kind: 'document',
    namespace: `${database}.${collection}`,
    id: String(document['_id']),
    text,
  }
}

export function gone(collection: string, id: unknown): Change {
  return { kind: 'document', namespace: `${name}.${collection}`, id: String(id) }
}

export function apply(state: State, change: Change): void {
  switch (change.kind) {
    case 'document': {
      const documents = state.get(change.namespace) ?? new Map<string, string>()
      state.set(change.namespace, documents)
      if (change.text === undefined) documents.delete(change.id)
      else documents.set(change.id, change.text)
      return
    }
    case 'dropped':
      state.delete(change.namespace)
      return
    case 'dropped database':
      for (const name of state.keys())
        if (name.startsWith(`${change.database}.`)) state.delete(name)
      return
    case 'renamed': {
      const documents = state.get(change.from)
      state.delete(change.to)
      state.delete(change.from)
      if (documents) state.set(change.to, documents)
    }
  }
}

/** Every document of a server, as `Writer.stateAfter` gives them; views are left out. */
export async function stateOf(client: MongoClient, catalogue: Catalogue): Promise<State> {
  const state: State = new Map()
  for (const [namespace, { type }] of Object.entries(catalogue)) {
    if (type === 'view') continue
    const dot = namespace.indexOf('.')
    const collection = client.db(namespace.slice(0, dot)).collection(namespace.slice(dot + 1))
    const documents = new Map<string, string>()
    for await (const document of collection.find({}, { promoteValues: true })) {
      documents.set(String(document._id), textOf(document))
    }
    if (documents.size > 0) state.set(namespace, documents)
  }
  return state
}

/** Fails where two states are not the same, naming the namespace. */
export function requireSame(actual: State, expected: State): void {
  deepEqual([...actual.keys()].sort(), [...expected.keys()].sort())
  for (const [name, documents] of expected) {
    const found = actual.get(name)
    const differing = [...documents].filter(([id, text]) => found?.get(id) !== text).slice(0, 3)
    deepEqual(
      { name, size: found?.size, differing: differing.map(([id]) => [id, found?.get(id)]) },
      { name, size: documents.size, differing: differing.length === 0 ? [] : differing },
    )
  }
}
