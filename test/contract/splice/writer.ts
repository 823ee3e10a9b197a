import { deepEqual } from 'node:assert/strict'
import { EJSON } from 'bson'
import {
  Binary,
  type ClientSession,
  type Collection,
  type Db,
  type Document,
  type IndexDirection,
  type MongoClient,
  type Timestamp,
} from 'mongodb'
import type { Catalogue } from '../../../src/domain/catalogue.js'
import type { Optime } from '../../../src/domain/contents.js'
import { catalogueOf } from './catalogueOf.js'

/** What a step did to documents: undefined for one that is gone. Namespaces are `database.collection`. */
type Change =
  | {
      readonly kind: 'document'
      readonly namespace: string
      readonly id: string
      readonly text?: string
    }
  | { readonly kind: 'dropped'; readonly namespace: string }
  | { readonly kind: 'dropped database'; readonly database: string }
  | { readonly kind: 'renamed'; readonly from: string; readonly to: string }

/** Something the writer did, by its own account. */
export interface Step {
  readonly name: string
  /** Every entry of the oplog that it made is at or before this time, and after that of the step before. */
  readonly at: Optime
  /** Whether it happens at once: with its last entry. */
  readonly isAtomic: boolean
  readonly changes: readonly Change[]
  /** What the server defined afterwards. */
  readonly catalogue: Catalogue
}

/** Documents by namespace and id, as canonical Extended JSON. */
export type State = Map<string, Map<string, string>>

/** A document as the writer makes them. */
interface Kept {
  _id: string
  [field: string]: unknown
}

const db = 'clinic'
const plainCollections = ['patients', 'visits', 'notes', 'letters', 'drafts']
const largestRing = 20

/** Writes one thing after the other, at random, and keeps account of each. */
export class Writer {
  readonly steps: Step[] = []
  readonly #db: Db
  #catalogue: Catalogue = {}
  #next = 1

  constructor(
    readonly client: MongoClient,
    readonly random: () => number,
  ) {
    this.#db = client.db(db)
  }

  /** What is there before anything is copied. */
  async prepare(documents: number): Promise<void> {
    await this.#step('prepare', false, true, async (session, note) => {
      for (const name of ['patients', 'visits']) {
        const many = Array.from({ length: documents }, () => this.#document())
        for (let at = 0; at < many.length; at += 1000) {
          await this.#of(name).insertMany(many.slice(at, at + 1000), { session })
        }
        for (const document of many) note(wrote(name, document))
      }
      await this.#of('patients').createIndex({ kind: 1 }, { name: 'kind_1', session })
      await this.#of('patients').createIndex({ 'note.deep': -1, n: 1 }, { session })
      const seen = { name: 'seen_ttl', expireAfterSeconds: 1_000_000_000, session }
      await this.#of('visits').createIndex({ seen: 1 }, seen)
      await this.#db.createCollection('ring', {
        capped: true,
        size: 1_000_000,
        max: largestRing,
        session,
      })
      await this.#db.createCollection('keyed', {
        clusteredIndex: { key: { _id: 1 }, unique: true, name: 'by id' },
        session,
      })
      await this.#series('vitals', session)
      await this.#of('vitals').createIndex({ 'where.ward': 1, at: 1 }, { session })
      await this.#db.createCollection('old', {
        viewOn: 'patients',
        pipeline: [{ $match: { n: 1 } }],
        session,
      })
    })
  }

  /** Does one more thing; `renaming` may be among them only while nothing is dumped. */
  async go(renaming: boolean): Promise<void> {
    const actions = renaming
      ? [...this.#writes, ...this.#definitions, ...this.#renamings]
      : [...this.#writes, ...this.#definitions]
    const all = actions.reduce((sum, [weight]) => sum + weight, 0)
    let at = this.random() * all
    for (const [weight, action] of actions) {
      at -= weight
      if (at <= 0) return action()
    }
  }

  /** A transaction of more than one entry, then what makes room again. */
  async largeTransaction(): Promise<void> {
    const large = Array.from({ length: 18 }, () => ({
      ...this.#document(),
      bytes: new Binary(Buffer.alloc(1_000_000, Math.floor(this.random() * 256))),
    }))
    await this.#transaction('large transaction', false, async (session, note) => {
      for (const document of large) {
        await this.#of('letters').insertOne(document, { session })
        note(wrote('letters', document))
      }
    })
    await this.#step('after large', false, false, async (session, note) => {
      for (const { _id } of large.slice(2)) {
        await this.#of('letters').deleteOne({ _id }, { session })
        note(gone('letters', _id))
      }
    })
  }

  /** The account up to and including step `last`. */
  stateAfter(last: number): State {
    const state: State = new Map()
    for (const { changes } of this.steps.slice(0, last + 1))
      for (const one of changes) apply(state, one)
    for (const [name, documents] of state) if (documents.size === 0) state.delete(name)
    return state
  }

  readonly #writes: (readonly [number, () => Promise<void>])[] = [
    [14, () => this.#insert()],
    [20, () => this.#update()],
    [4, () => this.#updateMany()],
    [8, () => this.#remove()],
    [10, () => this.#severalInOne()],
    [5, () => this.#ring()],
    [5, () => this.#measure()],
  ]

  readonly #definitions: (readonly [number, () => Promise<void>])[] = [
    [3, () => this.#createIndex()],
    [1.5, () => this.#failingIndex()],
    [2, () => this.#dropIndex()],
    [2.5, () => this.#modifyIndex()],
    [1.5, () => this.#modifyOptions()],
    [1, () => this.#makeUnique()],
    [1.5, () => this.#drop()],
    [1.5, () => this.#create()],
    [1.5, () => this.#view()],
    [0.8, () => this.#seriesDefinition()],
    [0.6, () => this.#dropDatabase()],
  ]

  readonly #renamings: (readonly [number, () => Promise<void>])[] = [
    [2.5, () => this.#rename()],
    [1.2, () => this.#out()],
    [0.6, () => this.#toCapped()],
  ]

  #insert() {
    const name = this.#any(plainCollections)
    const documents = Array.from({ length: 1 + this.#below(4) }, () => this.#document())
    return this.#step(
      'insert',
      documents.length === 1 && this.#exists(name),
      !this.#exists(name),
      async (session, note) => {
        await this.#of(name).insertMany(documents, { session })
        for (const document of documents) note(wrote(name, document))
      },
    )
  }

  #update() {
    const name = this.#existing()
    const changes: Document[] = [
      {
        $set: { 'note.deep': this.#below(1000), [`f${this.#below(5).toString()}`]: this.#below(9) },
      },
      { $inc: { n: 1 }, $push: { list: this.#below(100) } },
      { $unset: { note: 1 } },
      { $set: { 'list.0': 'x' }, $currentDate: { seen: true } },
      { $pop: { list: 1 } },
    ]
    return this.#step('update', true, false, async (session, note) => {
      const found = await this.#some(name, 1, session)
      const _id = found[0]?._id ?? this.#id()
      const isReplaced = this.random() < 0.2
      if (isReplaced) {
        await this.#of(name).replaceOne({ _id }, { n: this.#below(50) }, { session, upsert: true })
      } else {
        await this.#of(name).updateOne({ _id }, this.#any(changes), { session, upsert: true })
      }
      const after = await this.#of(name).findOne({ _id }, { session })
      if (after) note(wrote(name, after))
    }).catch(ignoreRefused)
  }

  #updateMany() {
    const name = this.#existing()
    return this.#step('update many', false, false, async (session, note) => {
      const ids = (await this.#some(name, 6, session)).map(({ _id }) => _id)
      const those = { _id: { $in: ids } }
      await this.#of(name).updateMany(
        those,
        [{ $set: { n: { $add: [{ $ifNull: ['$n', 0] }, 1] } } }],
        { session },
      )
      for (const document of await this.#of(name).find(those, { session }).toArray()) {
        note(wrote(name, document))
      }
    }).catch(ignoreRefused)
  }

  #remove() {
    const name = this.#existing()
    return this.#step('remove', true, false, async (session, note) => {
      const [found] = await this.#some(name, 1, session)
      if (!found) return
      await this.#of(name).deleteOne({ _id: found._id }, { session })
      note(gone(name, found._id))
    })
  }

  #severalInOne() {
    const names = plainCollections.filter((name) => this.#exists(name))
    const aborts = this.random() < 0.2
    return this.#transaction('transaction', aborts, async (session, note) => {
      for (let at = 0; at < 2 + this.#below(8); at++) {
        const name = this.#any(names)
        if (this.random() < 0.5) {
          const document = this.#document()
          await this.#of(name).insertOne(document, { session })
          note(wrote(name, document))
          continue
        }
        const [found] = await this.#some(name, 1, session)
        if (!found) continue
        const collection = this.#of(name)
        if (this.random() < 0.5) {
          const after = await collection.findOneAndUpdate(
            { _id: found._id },
            { $set: { inOne: this.#below(1000) } },
            { session, returnDocument: 'after' },
          )
          if (after) note(wrote(name, after))
        } else {
          await collection.deleteOne({ _id: found._id }, { session })
          note(gone(name, found._id))
        }
      }
      if (this.random() < 0.2) {
        const made = `made${this.#id()}`
        await this.#db.createCollection(made, { session })
        await this.#of(made).createIndex({ a: 1 }, { session })
        const document = this.#document()
        await this.#of(made).insertOne(document, { session })
        note(wrote(made, document))
      }
    }).catch(ignoreRefused)
  }

  #ring() {
    return this.#step('ring', false, false, async (session, note) => {
      const ring = this.#of('ring')
      const ids = async () =>
        new Set((await ring.find({}, { session }).toArray()).map(({ _id }) => String(_id)))
      const before = await ids()
      const document = this.#document()
      await ring.insertOne(document, { session })
      const after = await ids()
      for (const id of before) if (!after.has(id)) note(gone('ring', id))
      note(wrote('ring', document))
    })
  }

  #measure() {
    const name = this.#any(['vitals', 'pulse'])
    if (!this.#exists(name)) return Promise.resolve()
    const at = new Date(1_700_000_000_000 + this.#below(100) * 60_000)
    const document = {
      _id: this.#id(),
      at,
      where: { ward: this.#below(3) },
      pulse: this.#below(200),
    }
    return this.#step('measure', false, false, async (session, note) => {
      await this.#of(name).insertOne(document, { session })
      note(wrote(name, document))
    })
  }

  #createIndex() {
    const name = this.#existing()
    const keys: Record<string, IndexDirection>[] = [
      { n: 1 },
      { kind: -1, n: 1 },
      { list: 1 },
      { 'note.deep': 1 },
      { kind: 'text' },
      { 'note.$**': 1 },
      { n: 'hashed' },
    ]
    const options: Document[] = [
      {},
      { sparse: true },
      { partialFilterExpression: { n: { $gt: 3 } } },
      { collation: { locale: 'fr' } },
    ]
    const key = this.#any(keys)
    const isSpecial =
      Object.values(key).some((kind) => typeof kind === 'string') || 'note.$**' in key
    const more = isSpecial ? {} : this.#any(options)
    return this.#step('create index', true, true, async (session) => {
      await this.#of(name).createIndex(key, { name: `i${this.#id()}`, ...more, session })
    }).catch(ignoreRefused)
  }

  /** There are documents with the same `kind`: the building is begun, and given up. */
  #failingIndex() {
    const name = this.#existing()
    return this.#step('failing index', false, true, async (session) => {
      const index = this.#of(name).createIndex(
        { kind: 1 },
        { name: 'alone', unique: true, session },
      )
      const built = await index.catch(ignoreRefused)
      if (built !== undefined) await this.#of(name).dropIndex(built, { session })
    })
  }

  #dropIndex() {
    const [namespace, index] = this.#anyIndex() ?? []
    if (!namespace || !index) return Promise.resolve()
    return this.#step('drop index', true, true, async (session) => {
      await this.#of(namespace).dropIndex(index, { session })
    })
  }

  #modifyIndex() {
    const [collMod, name] = this.#anyIndex() ?? []
    if (!collMod || !name) return Promise.resolve()
    const changes: Document[] = [{ hidden: true }, { hidden: false }]
    if (name === 'seen_ttl') changes.push({ expireAfterSeconds: 900_000_000 + this.#below(1000) })
    return this.#step('modify index', true, true, async (session) => {
      await this.#db.command({ collMod, index: { name, ...this.#any(changes) } }, { session })
    }).catch(ignoreRefused)
  }

  /** An index that becomes unique where it stands. */
  #makeUnique() {
    const name = this.#existing()
    return this.#step('make unique', false, true, async (session) => {
      const index = `u${this.#id()}`
      const collMod = (change: Document) =>
        this.#db.command({ collMod: name, index: { name: index, ...change } }, { session })
      await this.#of(name).createIndex({ _id: 1, kind: 1 }, { name: index, session })
      await collMod({ prepareUnique: true })
      if (this.random() < 0.7) await collMod({ unique: true })
    }).catch(ignoreRefused)
  }

  #modifyOptions() {
    const collMod = this.#existing()
    const changes: Document[] = [
      { validator: { impossible: { $exists: false } }, validationLevel: 'moderate' },
      { validator: {} },
      { validator: { n: { $ne: -5 } }, validationAction: 'warn' },
      { changeStreamPreAndPostImages: { enabled: true } },
    ]
    return this.#step('modify options', true, true, async (session) => {
      await this.#db.command({ collMod, ...this.#any(changes) }, { session })
    })
  }

  #drop() {
    const made = Object.keys(this.#catalogue)
      .map((name) => name.slice(db.length + 1))
      .filter((name) => name.startsWith('made'))
    const name = this.#any(['notes', 'letters', 'drafts', ...made])
    return this.#step('drop', true, true, async (session, note) => {
      if (!this.#exists(name)) return
      await this.#of(name).drop({ session })
      note({ kind: 'dropped', namespace: `${db}.${name}` })
    })
  }

  #create() {
    const name = this.#any(plainCollections)
    if (this.#exists(name)) return Promise.resolve()
    const options: Document[] = [
      {},
      { collation: { locale: 'de' } },
      { validator: { none: { $exists: false } } },
    ]
    return this.#step('create', true, true, async (session) => {
      await this.#db.createCollection(name, { ...this.#any(options), session })
    })
  }

  #view() {
    const pipeline = [{ $match: { n: { $gt: this.#below(20) } } }, { $project: { n: 1 } }]
    return this.#step('view', false, true, async (session) => {
      if (!this.#exists('seen')) {
        await this.#db.createCollection('seen', { viewOn: 'patients', pipeline, session })
      } else if (this.random() < 0.5) {
        await this.#db.command({ collMod: 'seen', viewOn: 'visits', pipeline }, { session })
      } else {
        await this.#db.dropCollection('seen', { session })
      }
    })
  }

  #seriesDefinition() {
    return this.#step('time-series', false, true, async (session, note) => {
      if (!this.#exists('pulse')) {
        await this.#series('pulse', session)
        await this.#of('pulse').createIndex({ at: -1 }, { name: 'latest', session })
        await this.#db
          .collection('pulse')
          .createIndex({ 'where.ward': 1 }, { name: 'ward', session })
        return
      }
      const chance = this.random()
      if (chance < 0.3) {
        await this.#db
          .command({ collMod: 'pulse', timeseries: { granularity: 'minutes' } }, { session })
          .catch(ignoreRefused)
      } else if (chance < 0.6) {
        await this.#of('pulse').dropIndex('latest', { session }).catch(ignoreRefused)
        await this.#db
          .collection('vitals')
          .dropIndex('where.ward_1_at_1', { session })
          .catch(ignoreRefused)
      } else {
        await this.#of('pulse').drop({ session })
        note({ kind: 'dropped', namespace: `${db}.pulse` })
      }
    })
  }

  #dropDatabase() {
    const other = this.client.db('archive')
    const kept = other.collection<Kept>('kept')
    return this.#step('other database', false, true, async (session, note) => {
      if (this.random() < 0.4) {
        await other.dropDatabase({ session })
        note({ kind: 'dropped database', database: 'archive' })
        return
      }
      const document = this.#document()
      await kept.insertOne(document, { session })
      await kept.createIndex({ n: this.#any([1, -1]) }, { session })
      note(wrote('kept', document, 'archive'))
    })
  }

  #rename() {
    const [from, to] = [this.#existing(), this.#any(plainCollections)]
    if (from === to) return Promise.resolve()
    return this.#step(`rename ${from} ${to}`, true, true, async (session, note) => {
      await this.#of(from).rename(to, { dropTarget: true, session })
      note({ kind: 'renamed', from: `${db}.${from}`, to: `${db}.${to}` })
    })
  }

  #out() {
    const [from, to] = [this.#existing(), this.#any(['drafts', 'letters'])]
    if (from === to) return Promise.resolve()
    return this.#step(`$out ${from} ${to}`, false, true, async (session, note) => {
      await this.#db
        .collection(from)
        .aggregate<Document>([{ $limit: 40 }, { $out: to }], { session })
        .toArray()
      note({ kind: 'dropped', namespace: `${db}.${to}` })
      for (const document of await this.#of(to).find({}, { session }).toArray()) {
        note(wrote(to, document))
      }
    }).catch(ignoreRefused)
  }

  #toCapped() {
    return this.#step('convert to capped', false, true, async (session) => {
      if (!this.#exists('drafts')) return
      await this.#db.command({ convertToCapped: 'drafts', size: 50_000_000 }, { session })
    })
  }

  #series(name: string, session: ClientSession) {
    const timeseries = { timeField: 'at', metaField: 'where', granularity: 'seconds' }
    return this.#db.createCollection(name, { timeseries, session })
  }

  async #transaction(
    name: string,
    aborts: boolean,
    act: (session: ClientSession, note: (change: Change) => void) => Promise<void>,
  ) {
    await this.#step(name, true, true, async (session, note) => {
      const changes: Change[] = []
      session.startTransaction()
      try {
        await act(session, (change) => changes.push(change))
      } catch (error) {
        await session.abortTransaction()
        throw error
      }
      if (aborts) {
        await session.abortTransaction()
        return
      }
      await session.commitTransaction()
      for (const change of changes) note(change)
    })
  }

  async #step(
    name: string,
    isAtomic: boolean,
    defines: boolean,
    act: (session: ClientSession, note: (change: Change) => void) => Promise<void>,
  ) {
    const changes: Change[] = []
    const session = this.client.startSession({ causalConsistency: false })
    try {
      await act(session, (change) => changes.push(change))
    } catch (error) {
      // What was refused half way may have been done half way: look, instead of believing.
      throw new Error(`${name}: ${String(error)}`, { cause: error })
    } finally {
      if (defines) this.#catalogue = await catalogueOf(this.client)
      // Whoever asks last is answered with the latest time: nobody else writes.
      const pong: Document = await this.client.db('admin').command({ ping: 1 }, { session })
      const time = pong['operationTime'] as Timestamp | undefined
      await session.endSession()
      if (time) {
        const at = { seconds: time.getHighBitsUnsigned(), ordinal: time.getLowBitsUnsigned() }
        this.steps.push({ name, at, isAtomic, changes, catalogue: this.#catalogue })
      }
    }
  }

  #some(name: string, count: number, session: ClientSession) {
    const from = this.#id(this.#below(this.#next))
    return this.#of(name)
      .find({ _id: { $gte: from } }, { session })
      .sort({ _id: 1 })
      .limit(count)
      .toArray()
  }

  #document(): Kept {
    return {
      _id: this.#id(),
      kind: `kind ${this.#below(10).toString()}`,
      n: this.#below(50),
      note: { deep: this.#below(1000), text: 'x'.repeat(this.#below(60)) },
      list: Array.from({ length: this.#below(5) }, () => this.#below(10)),
    }
  }

  #anyIndex(): [string, string] | undefined {
    const all = Object.entries(this.#catalogue).flatMap(([name, { type, indexes }]) =>
      name.startsWith(`${db}.`) && type === 'collection'
        ? indexes.map((index): [string, string] => [name.slice(db.length + 1), index.name])
        : [],
    )
    return all.length === 0 ? undefined : this.#any(all)
  }

  #id(number = this.#next++): string {
    return number.toString().padStart(8, '0')
  }

  #of(name: string): Collection<Kept> {
    return this.#db.collection<Kept>(name)
  }

  #exists(name: string): boolean {
    return `${db}.${name}` in this.#catalogue
  }

  #existing(): string {
    return this.#any(
      [...plainCollections, 'keyed'].filter(
        (name) =>
          this.#exists(name) && this.#catalogue[`${db}.${name}`]?.options['capped'] !== true,
      ),
    )
  }

  #below(limit: number): number {
    return Math.floor(this.random() * limit)
  }

  #any<Item>(items: readonly Item[]): Item {
    const item = items[this.#below(items.length)]
    if (item === undefined) throw new Error('nothing to choose from')
    return item
  }
}

/** A refusal of the server (a validator, an index that exists): then nothing was done. */
function ignoreRefused(error: unknown): undefined {
  if (!/MongoServerError|MongoBulkWriteError/.test(String(error))) throw error
}

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

function wrote(name: string, document: Document, database = db): Change {
  const text = textOf(document)
  return { kind: 'document', namespace: `${database}.${name}`, id: String(document['_id']), text }
}

function gone(name: string, id: unknown): Change {
  return { kind: 'document', namespace: `${db}.${name}`, id: String(id) }
}

function apply(state: State, change: Change): void {
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
