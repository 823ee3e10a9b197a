import { expect, test } from 'vitest'
import type { ArchiveContents, NamespaceContents } from '../../../src/domain/contents.js'
import { durabilityAnchor } from '../../../src/procedures/restore/durable.js'
import type { MongoSession } from '../../../src/ports/mongo.js'

const collection = (name: string): NamespaceContents => ({
  database: 'db',
  collection: name,
  type: 'collection',
  documents: 10,
  bytes: 100,
  crc: '0'.repeat(16),
  indexes: [{ name: '_id_', key: { _id: 1 }, options: {} }],
})

/** Asks where durability is to be proved, of a set of one member. */
async function anchor(names: readonly string[], commandsOn: readonly string[]) {
  const namespaces = Object.fromEntries(names.map((name) => [`db.${name}`, collection(name)]))
  const none = { inserts: 0, updates: 0, deletes: 0 }
  const writes = Object.fromEntries(
    commandsOn.map((name) => [`db.${name}`, { ...none, commands: 1 }]),
  )
  const contents: ArchiveContents = {
    serverVersion: '6.0.5',
    toolVersion: '100.13.0',
    rawBytes: 1,
    namespaces,
    oplog: { entries: 1, bytes: 1, writes },
  }
  const session = {
    members: () => Promise.resolve(1),
    processId: () => Promise.resolve('6553f1000000000000000001'),
  } as unknown as MongoSession
  const found = await durabilityAnchor({ databases: ['db'], namespaces }, contents, session)
  return found?.collection
}

test('durability is asked of a collection that is there in the end', async () => {
  expect(await anchor(['one', 'other'], [])).toBe('one')
  expect(await anchor(['one', 'other'], ['one'])).toBe('other')
})

test('where every collection was dropped or made anew meanwhile, mongorestore has each batch confirmed', async () => {
  expect(await anchor(['one'], ['one'])).toBeUndefined()
})
