import type { Document } from 'mongodb'
import { gone, wrote } from './account.js'
import { ignoreRefused, plainCollections, type Action, type Writer } from './writer.js'

/** What changes documents, with how often. */
export const writes: readonly Action[] = [
  [14, insert],
  [20, update],
  [4, updateMany],
  [8, remove],
  [10, severalInOne],
  [5, ring],
  [5, measure],
]

function insert(writer: Writer) {
  const name = writer.any(plainCollections)
  const documents = Array.from({ length: 1 + writer.below(4) }, () => writer.document())
  return writer.step(
    'insert',
    documents.length === 1 && writer.exists(name),
    !writer.exists(name),
    async (session, note) => {
      await writer.of(name).insertMany(documents, { session })
      for (const document of documents) note(wrote(name, document))
    },
  )
}

function update(writer: Writer) {
  const name = writer.existing()
  const changes: Document[] = [
    {
      $set: {
        'note.deep': writer.below(1000),
        [`f${writer.below(5).toString()}`]: writer.below(9),
      },
    },
    { $inc: { n: 1 }, $push: { list: writer.below(100) } },
    { $unset: { note: 1 } },
    { $set: { 'list.0': 'x' }, $currentDate: { seen: true } },
    { $pop: { list: 1 } },
  ]
  return writer
    .step('update', true, false, async (session, note) => {
      const found = await writer.some(name, 1, session)
      const _id = found[0]?._id ?? writer.id()
      const isReplaced = writer.random() < 0.2
      if (isReplaced) {
        await writer
          .of(name)
          .replaceOne({ _id }, { n: writer.below(50) }, { session, upsert: true })
      } else {
        await writer.of(name).updateOne({ _id }, writer.any(changes), { session, upsert: true })
      }
      const after = await writer.of(name).findOne({ _id }, { session })
      if (after) note(wrote(name, after))
    })
    .catch(ignoreRefused)
}

function updateMany(writer: Writer) {
  const name = writer.existing()
  return writer
    .step('update many', false, false, async (session, note) => {
      const ids = (await writer.some(name, 6, session)).map(({ _id }) => _id)
      const those = { _id: { $in: ids } }
      await writer
        .of(name)
        .updateMany(those, [{ $set: { n: { $add: [{ $ifNull: ['$n', 0] }, 1] } } }], { session })
      for (const document of await writer.of(name).find(those, { session }).toArray()) {
        note(wrote(name, document))
      }
    })
    .catch(ignoreRefused)
}

function remove(writer: Writer) {
  const name = writer.existing()
  return writer.step('remove', true, false, async (session, note) => {
    const [found] = await writer.some(name, 1, session)
    if (!found) return
    await writer.of(name).deleteOne({ _id: found._id }, { session })
    note(gone(name, found._id))
  })
}

function severalInOne(writer: Writer) {
  const names = plainCollections.filter((name) => writer.exists(name))
  const aborts = writer.random() < 0.2
  return writer
    .transaction('transaction', aborts, async (session, note) => {
      for (let at = 0; at < 2 + writer.below(8); at++) {
        const name = writer.any(names)
        if (writer.random() < 0.5) {
          const document = writer.document()
          await writer.of(name).insertOne(document, { session })
          note(wrote(name, document))
          continue
        }
        const [found] = await writer.some(name, 1, session)
        if (!found) continue
        const collection = writer.of(name)
        if (writer.random() < 0.5) {
          const after = await collection.findOneAndUpdate(
            { _id: found._id },
            { $set: { inOne: writer.below(1000) } },
            { session, returnDocument: 'after' },
          )
          if (after) note(wrote(name, after))
        } else {
          await collection.deleteOne({ _id: found._id }, { session })
          note(gone(name, found._id))
        }
      }
      if (writer.random() < 0.2) {
        const made = `made${writer.id()}`
        await writer.db.createCollection(made, { session })
        await writer.of(made).createIndex({ a: 1 }, {}, { session })
        const document = writer.document()
        await writer.of(made).insertOne(document, { session })
        note(wrote(made, document))
      }
    })
    .catch(ignoreRefused)
}

function ring(writer: Writer) {
  return writer.step('ring', false, false, async (session, note) => {
    const ring = writer.of('ring')
    const ids = async () =>
      new Set((await ring.find({}, { session }).toArray()).map(({ _id }) => _id))
    const before = await ids()
    const document = writer.document()
    await ring.insertOne(document, { session })
    const after = await ids()
    for (const id of before) if (!after.has(id)) note(gone('ring', id))
    note(wrote('ring', document))
  })
}

function measure(writer: Writer) {
  const name = writer.any(['vitals', 'pulse'])
  if (!writer.exists(name)) return Promise.resolve()
  const at = new Date(1_700_000_000_000 + writer.below(100) * 60_000)
  const document = {
    _id: writer.id(),
    at,
    where: { ward: writer.below(3) },
    pulse: writer.below(200),
  }
  return writer.step('measure', false, false, async (session, note) => {
    await writer.of(name).insertOne(document, { session })
    note(wrote(name, document))
  })
}
