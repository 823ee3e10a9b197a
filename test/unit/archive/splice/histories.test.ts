import type { Document } from 'bson'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { archive, type Namespace } from '../archiveBuilder.js'
import { at, command, entry, meeting, part, spliced } from './scene.js'
import { restored, type Restored } from './restored.js'

type Action =
  | { readonly kind: 'write'; readonly name: string; readonly id: number; readonly n: number }
  | { readonly kind: 'remove'; readonly name: string; readonly id: number }
  | { readonly kind: 'create' | 'drop'; readonly name: string }
  | { readonly kind: 'rename'; readonly name: string; readonly to: string }
  | {
      readonly kind: 'index' | 'unindex'
      readonly name: string
      readonly index: number
      readonly built: boolean
    }
  | {
      readonly kind: 'several'
      readonly writes: readonly { name: string; id: number; n: number }[]
      readonly parts: number
    }

const name = fc.constantFrom('a', 'b', 'c')
const id = fc.nat({ max: 4 })
const n = fc.nat({ max: 99 })
const write = fc.record({ name, id, n })
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('write' as const), name, id, n }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), name, id }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('create' as const, 'drop' as const), name }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rename' as const), name, to: name }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('index' as const, 'unindex' as const),
      name,
      index: fc.nat({ max: 2 }),
      built: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('several' as const),
      writes: fc.array(write, { minLength: 2, maxLength: 6 }),
      parts: fc.integer({ min: 1, max: 3 }),
    }),
  },
)

/** A server of a few collections: does things, and writes the oplog as mongod does. */
class Server {
  readonly entries: Document[] = []
  /** The state after each ordinal. */
  readonly states = new Map<number, Restored>()
  readonly state: Restored = new Map()
  #ordinal = 10

  get ordinal(): number {
    return this.#ordinal
  }

  do(one: Action): void {
    if (one.kind === 'several') this.#several(one)
    else this.#single(one)
  }

  /** Time goes by. */
  rest(): void {
    this.#log({ op: 'n', ns: '', o: {} })
  }

  #single(one: Exclude<Action, { kind: 'several' }>): void {
    const found = this.state.get(`clinic.${one.name}`)
    switch (one.kind) {
      case 'create':
        if (found) return
        this.#make(one.name)
        this.#log(command({ create: one.name }))
        return
      case 'drop':
        if (!found) return
        this.state.delete(`clinic.${one.name}`)
        this.#log(command({ drop: one.name }))
        return
      case 'write':
        if (!found) return
        found.documents.set(one.id, one.n)
        this.#log({ op: 'i', ns: `clinic.${one.name}`, o: { _id: one.id, n: one.n } })
        return
      case 'remove':
        if (found?.documents.delete(one.id)) {
          this.#log({ op: 'd', ns: `clinic.${one.name}`, o: { _id: one.id } })
        }
        return
      case 'rename': {
        if (!found || one.to === one.name) return
        const dropTarget = this.state.has(`clinic.${one.to}`)
        this.state.delete(`clinic.${one.name}`)
        this.state.set(`clinic.${one.to}`, found)
        const o = { renameCollection: `clinic.${one.name}`, to: `clinic.${one.to}` }
        this.#log(command(dropTarget ? { ...o, dropTarget } : o))
        return
      }
      case 'index':
      case 'unindex':
        if (found) this.#index(one, found.indexes)
    }
  }

  #index(one: Extract<Action, { kind: 'index' | 'unindex' }>, indexes: Map<string, string>): void {
    const index = `i${one.index.toString()}`
    if (one.kind === 'unindex') {
      if (indexes.delete(index)) this.#log(command({ dropIndexes: one.name, index }))
      return
    }
    if (indexes.has(index)) return
    const key = { [index]: one.built ? 1 : -1 }
    const spec = { v: 2, key, name: index }
    if (one.built) {
      this.#log(command({ startIndexBuild: one.name, indexes: [spec] }))
      indexes.set(index, JSON.stringify(key))
      this.#log(command({ commitIndexBuild: one.name, indexes: [spec] }))
      return
    }
    this.#log(command({ startIndexBuild: one.name, indexes: [spec] }))
    this.#log(command({ abortIndexBuild: one.name, indexes: [spec] }))
    indexes.set(index, JSON.stringify(key))
    this.#log(command({ createIndexes: one.name, ...spec }))
  }

  /** A transaction of several entries: nothing of it is there before the last one. */
  #several({ writes, parts }: Extract<Action, { kind: 'several' }>): void {
    const possible = writes.filter((one) => this.state.has(`clinic.${one.name}`))
    if (possible.length === 0) return
    const session = this.#ordinal
    const size = Math.ceil(possible.length / parts)
    for (let from = 0; from < possible.length; from += size) {
      const isLast = from + size >= possible.length
      const operations = possible.slice(from, from + size).map((one) => ({
        op: 'i',
        ns: `clinic.${one.name}`,
        o: { _id: one.id, n: one.n },
      }))
      if (isLast) {
        for (const one of possible) this.#make(one.name).documents.set(one.id, one.n)
      }
      const flags = isLast ? {} : { partialTxn: true }
      this.#log(part(0, operations, flags, from > 0, session))
    }
  }

  #make(name: string) {
    const found = this.state.get(`clinic.${name}`) ?? {
      documents: new Map<number, number>(),
      indexes: new Map<string, string>(),
    }
    this.state.set(`clinic.${name}`, found)
    return found
  }

  #log(fields: Document): void {
    this.#ordinal++
    const { ts } = entry(this.#ordinal, {})
    this.entries.push({ ...fields, ts: ts as unknown })
    this.states.set(this.#ordinal, copyOf(this.state))
  }
}

function copyOf(state: Restored): Restored {
  return new Map(
    [...state].map(([key, { documents, indexes }]) => [
      key,
      { documents: new Map(documents), indexes: new Map(indexes) },
    ]),
  )
}

/** The state as namespaces of an archive; `later` is a state that the dump may have found in part. */
function baseOf(state: Restored, own: readonly Document[]): Buffer {
  const namespaces = [...state].map(([full, { documents, indexes }]): Namespace => {
    const specs = [...indexes].map(([index, key]) => ({
      v: 2,
      key: JSON.parse(key) as Document,
      name: index,
    }))
    return {
      db: 'clinic',
      collection: full.slice('clinic.'.length),
      documents: [...documents].map(([_id, value]) => ({ _id, n: value })),
      metadata: JSON.stringify({ options: {}, indexes: specs }),
    }
  })
  return archive([
    ...namespaces,
    { db: '', collection: 'oplog', metadata: '', type: '', documents: own },
  ])
}

/** Without it most of what is drawn is about collections that are not there. */
const beginning: readonly Action[] = ['a', 'b'].flatMap((one, at): Action[] => [
  { kind: 'create', name: one },
  { kind: 'write', name: one, id: at, n: at },
  { kind: 'index', name: one, index: at, built: true },
])

test('any history, restored to any moment from any base, is what the server was then', async () => {
  const histories = fc.record({
    before: fc.array(action, { maxLength: 12 }),
    meanwhile: fc.array(
      action.filter(({ kind }) => kind !== 'rename'),
      { maxLength: 6 },
    ),
    after: fc.array(action, { maxLength: 25 }),
    moment: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  await fc.assert(
    fc.asyncProperty(histories, async ({ before, meanwhile, after, moment }) => {
      const server = new Server()
      for (const one of [...beginning, ...before]) server.do(one)
      // A base begins with the last entry before it; mongodump goes on with none that is a renaming.
      const last = server.entries.at(-1)?.['o'] as Document | undefined
      if (last && 'renameCollection' in last) server.rest()
      const start = server.entries.length
      // What is written while the dump runs is in its oplog, and in its documents already.
      for (const one of meanwhile) server.do(one)
      const dumped = copyOf(server.state)
      const own = server.entries.slice(start)
      if (own.length === 0) own.push(server.entries.at(-1) ?? meeting)
      const bytes = baseOf(dumped, own)
      const first = server.ordinal
      for (const one of after) server.do(one)

      const until = first + Math.floor(moment * (server.ordinal - first + 0.999))
      const recorded = [meeting, ...server.entries]
      const found = await spliced(bytes, recorded, at(until))
      const then = server.states.get(until) ?? new Map<string, never>()
      expect(restored(found.bytes)).toEqual(then)
      expect(
        Object.entries(found.expected).map(([key, { indexes }]) => [
          key,
          indexes.map((index) => [index.name, JSON.stringify(index.key)]).sort(),
        ]),
      ).toEqual([...then].map(([key, { indexes }]) => [key, [...indexes].sort()]).sort())
    }),
    { numRuns: 150 },
  )
})
