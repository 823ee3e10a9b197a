import type { ClientSession, Document, IndexDirection } from 'mongodb'
import { name as db, wrote } from './account.js'
import { ignoreRefused, plainCollections, type Action, type Kept, type Writer } from './writer.js'

/** What changes the catalogue, with how often. */
export const definitions: readonly Action[] = [
  [3, createIndex],
  [1.5, failingIndex],
  [2, dropIndex],
  [2.5, modifyIndex],
  [1.5, modifyOptions],
  [1, makeUnique],
  [1.5, drop],
  [1.5, create],
  [1.5, view],
  [0.8, seriesDefinition],
  [0.6, dropDatabase],
]

/** What mongodump refuses to go on with. */
export const renamings: readonly Action[] = [
  [2.5, rename],
  [1.2, out],
  [0.6, toCapped],
]

function createIndex(writer: Writer) {
  const name = writer.existing()
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
  const key = writer.any(keys)
  const isSpecial = Object.values(key).some((kind) => typeof kind === 'string') || 'note.$**' in key
  const more = isSpecial ? {} : writer.any(options)
  return writer
    .step('create index', true, true, async (session) => {
      await writer.of(name).createIndex(key, { name: `i${writer.id()}`, ...more }, { session })
    })
    .catch(ignoreRefused)
}

/** There are documents with the same `kind`: the building is begun, and given up. */
function failingIndex(writer: Writer) {
  const name = writer.existing()
  return writer.step('failing index', false, true, async (session) => {
    const index = writer
      .of(name)
      .createIndex({ kind: 1 }, { name: 'alone', unique: true }, { session })
    const built = await index.catch(ignoreRefused)
    if (built !== undefined) await writer.of(name).dropIndex(built, { session })
  })
}

function dropIndex(writer: Writer) {
  const [namespace, index] = writer.anyIndex() ?? []
  if (!namespace || !index) return Promise.resolve()
  return writer.step('drop index', true, true, async (session) => {
    await writer.of(namespace).dropIndex(index, { session })
  })
}

function modifyIndex(writer: Writer) {
  const [collMod, name] = writer.anyIndex() ?? []
  if (!collMod || !name) return Promise.resolve()
  const changes: Document[] = [{ hidden: true }, { hidden: false }]
  if (name === 'seen_ttl') changes.push({ expireAfterSeconds: 900_000_000 + writer.below(1000) })
  return writer
    .step('modify index', true, true, async (session) => {
      await writer.db.command({ collMod, index: { name, ...writer.any(changes) } }, { session })
    })
    .catch(ignoreRefused)
}

/** An index that becomes unique where it stands. */
function makeUnique(writer: Writer) {
  const name = writer.existing()
  return writer
    .step('make unique', false, true, async (session) => {
      const index = `u${writer.id()}`
      const collMod = (change: Document) =>
        writer.db.command({ collMod: name, index: { name: index, ...change } }, { session })
      await writer.of(name).createIndex({ _id: 1, [index]: 1 }, { name: index }, { session })
      await collMod({ prepareUnique: true })
      if (writer.random() < 0.7) await collMod({ unique: true })
    })
    .catch(ignoreRefused)
}

function modifyOptions(writer: Writer) {
  const collMod = writer.existing()
  const changes: Document[] = [
    { validator: { impossible: { $exists: false } }, validationLevel: 'moderate' },
    { validator: {} },
    { validator: { n: { $ne: -5 } }, validationAction: 'warn' },
    { changeStreamPreAndPostImages: { enabled: true } },
  ]
  return writer.step('modify options', true, true, async (session) => {
    await writer.db.command({ collMod, ...writer.any(changes) }, { session })
  })
}

function drop(writer: Writer) {
  const made = Object.keys(writer.catalogue)
    .map((name) => name.slice(db.length + 1))
    .filter((name) => name.startsWith('made'))
  const name = writer.any(['notes', 'letters', 'drafts', ...made])
  return writer.step('drop', true, true, async (session, note) => {
    if (!writer.exists(name)) return
    await writer.of(name).drop({ session })
    note({ kind: 'dropped', namespace: `${db}.${name}` })
  })
}

function create(writer: Writer) {
  const name = writer.any(plainCollections)
  if (writer.exists(name)) return Promise.resolve()
  const options: Document[] = [
    {},
    { collation: { locale: 'de' } },
    { validator: { none: { $exists: false } } },
  ]
  return writer.step('create', true, true, async (session) => {
    await writer.db.createCollection(name, { ...writer.any(options), session })
  })
}

function view(writer: Writer) {
  const pipeline = [{ $match: { n: { $gt: writer.below(20) } } }, { $project: { n: 1 } }]
  return writer.step('view', false, true, async (session) => {
    if (!writer.exists('seen')) {
      await writer.db.createCollection('seen', { viewOn: 'patients', pipeline, session })
    } else if (writer.random() < 0.5) {
      await writer.db.command({ collMod: 'seen', viewOn: 'visits', pipeline }, { session })
    } else {
      await writer.db.dropCollection('seen', { session })
    }
  })
}

function seriesDefinition(writer: Writer) {
  return writer.step('time-series', false, true, async (session, note) => {
    if (!writer.exists('pulse')) {
      await series(writer, 'pulse', session)
      await writer.of('pulse').createIndex({ at: -1 }, { name: 'latest' }, { session })
      await writer.db
        .collection('pulse')
        .createIndex({ 'where.ward': 1 }, { name: 'ward' }, { session })
      return
    }
    const chance = writer.random()
    if (chance < 0.3) {
      await writer.db
        .command({ collMod: 'pulse', timeseries: { granularity: 'minutes' } }, { session })
        .catch(ignoreRefused)
    } else if (chance < 0.6) {
      await writer.of('pulse').dropIndex('latest', { session }).catch(ignoreRefused)
      await writer.db
        .collection('vitals')
        .dropIndex('where.ward_1_at_1', { session })
        .catch(ignoreRefused)
    } else {
      await writer.of('pulse').drop({ session })
      note({ kind: 'dropped', namespace: `${db}.pulse` })
    }
  })
}

function dropDatabase(writer: Writer) {
  const other = writer.client.db('archive')
  const kept = other.collection<Kept>('kept')
  return writer.step('other database', false, true, async (session, note) => {
    if (writer.random() < 0.4) {
      await other.dropDatabase({ session })
      note({ kind: 'dropped database', database: 'archive' })
      return
    }
    const document = writer.document()
    await kept.insertOne(document, { session })
    await kept.createIndex({ n: writer.any([1, -1]) }, {}, { session })
    note(wrote('kept', document, 'archive'))
  })
}

function rename(writer: Writer) {
  const [from, to] = [writer.existing(), writer.any(plainCollections)]
  if (from === to) return Promise.resolve()
  return writer.step(`rename ${from} ${to}`, true, true, async (session, note) => {
    await writer.of(from).rename(to, { dropTarget: true, session })
    note({ kind: 'renamed', from: `${db}.${from}`, to: `${db}.${to}` })
  })
}

function out(writer: Writer) {
  const [from, to] = [writer.existing(), writer.any(['drafts', 'letters'])]
  if (from === to) return Promise.resolve()
  return writer
    .step(`$out ${from} ${to}`, false, true, async (session, note) => {
      await writer.db
        .collection(from)
        .aggregate([{ $limit: 40 }, { $out: to }], { session })
        .toArray()
      note({ kind: 'dropped', namespace: `${db}.${to}` })
      for (const document of await writer.of(to).find({}, { session }).toArray()) {
        note(wrote(to, document))
      }
    })
    .catch(ignoreRefused)
}

function toCapped(writer: Writer) {
  return writer.step('convert to capped', false, true, async (session) => {
    if (!writer.exists('drafts')) return
    await writer.db.command({ convertToCapped: 'drafts', size: 50_000_000 }, { session })
  })
}

/** A time-series. */
export function series(writer: Writer, name: string, session: ClientSession) {
  const timeseries = { timeField: 'at', metaField: 'where', granularity: 'seconds' }
  return writer.db.createCollection(name, { timeseries, session })
}
