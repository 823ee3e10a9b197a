import { Binary } from 'mongodb'
import { gone, wrote } from './account.js'
import { definitions, renamings, series } from './definitions.js'
import { writes } from './writes.js'
import type { Writer } from './writer.js'

/** What is there before anything is copied. */
export async function prepare(writer: Writer, documents: number): Promise<void> {
  await writer.step('prepare', false, true, async (session, note) => {
    for (const name of ['patients', 'visits']) {
      const many = Array.from({ length: documents }, () => writer.document())
      for (let at = 0; at < many.length; at += 1000) {
        await writer.of(name).insertMany(many.slice(at, at + 1000), { session })
      }
      for (const document of many) note(wrote(name, document))
    }
    await writer.of('patients').createIndex({ kind: 1 }, { name: 'kind_1' }, { session })
    await writer.of('patients').createIndex({ 'note.deep': -1, n: 1 }, {}, { session })
    const seen = { name: 'seen_ttl', expireAfterSeconds: 1_000_000_000 }
    await writer.of('visits').createIndex({ seen: 1 }, seen, { session })
    await writer.db.createCollection('ring', {
      capped: true,
      size: 1_000_000,
      max: 20,
      session,
    })
    await writer.db.createCollection('keyed', {
      clusteredIndex: { key: { _id: 1 }, unique: true, name: 'by id' },
      session,
    })
    await series(writer, 'vitals', session)
    await writer.of('vitals').createIndex({ 'where.ward': 1, at: 1 }, {}, { session })
    await writer.db.createCollection('old', {
      viewOn: 'patients',
      pipeline: [{ $match: { n: 1 } }],
      session,
    })
  })
}

/** Does one more thing; `renaming` may be among them only while nothing is dumped. */
export async function go(writer: Writer, renaming: boolean): Promise<void> {
  const actions = renaming ? [...writes, ...definitions, ...renamings] : [...writes, ...definitions]
  const all = actions.reduce((sum, [weight]) => sum + weight, 0)
  let at = writer.random() * all
  for (const [weight, action] of actions) {
    at -= weight
    if (at <= 0) return action(writer)
  }
}

/** A transaction of more than one entry, then what makes room again. */
export async function largeTransaction(writer: Writer): Promise<void> {
  const large = Array.from({ length: 18 }, () => ({
    ...writer.document(),
    bytes: new Binary(Buffer.alloc(1_000_000, Math.floor(writer.random() * 256))),
  }))
  await writer.transaction('large transaction', false, async (session, note) => {
    for (const document of large) {
      await writer.of('letters').insertOne(document, { session })
      note(wrote('letters', document))
    }
  })
  await writer.step('after large', false, false, async (session, note) => {
    for (const { _id } of large.slice(2)) {
      await writer.of('letters').deleteOne({ _id }, { session })
      note(gone('letters', _id))
    }
  })
}
