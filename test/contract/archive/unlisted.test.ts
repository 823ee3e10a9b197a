import { deserialize } from 'bson'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ArchiveReader } from '../../../src/archive/reader.js'
import { selectNamespaces } from '../../../src/archive/select.js'
import type { ArchiveContents } from '../../../src/domain/contents.js'
import { startServer, type Server } from './server.js'
import { dump, restore } from './tools.js'

/** mongodump asks for the collections of each, one after the other: time for a collection to come and go. */
const databases = Array.from({ length: 150 }, (_, at) => `clinic${at.toString().padStart(3, '0')}`)

let source: Server
let target: Server
let archive: Buffer
let contents: ArchiveContents
/** What the oplog makes and does not drop again. */
let born: readonly string[]

beforeAll(async () => {
  ;[source, target] = await Promise.all([startServer(), startServer()])
  for (const name of databases) await source.client.db(name).collection('patients').insertOne({})
  archive = await dumpWhileCollectionsPass(source)
  const read = readArchive(archive)
  contents = read.contents
  born = read.born
}, 120_000)

afterAll(() => Promise.all([source.stop(), target.stop()]))

test('mongorestore refuses an archive whose oplog writes to what was dropped before it was listed', async () => {
  expect(contents.oplog?.unlisted?.passing).not.toBeUndefined()
  const run = await restore(target.uri, chunks(), '--oplogReplay')
  expect(run.exitCode).toBe(1)
  expect(run.log).toContain('NamespaceNotFound')
})

test('and takes it without those writes: what was there when the dump ended is there', async () => {
  const unlisted = contents.oplog?.unlisted?.passing ?? []
  expect(contents.oplog?.unlisted?.missing).toEqual([])
  const selected = selectNamespaces(chunks(), { keep: () => true, unlisted })
  const run = await restore(target.uri, selected, '--drop', '--oplogReplay', '--stopOnError')
  expect(run).toMatchObject({ exitCode: 0 })
  const there = await target.client.db('zoster').listCollections().toArray()
  const left = there.map(({ name }) => name).filter((name) => unlisted.includes(`zoster.${name}`))
  expect(left).toEqual(born)
  for (const name of databases)
    expect(await target.client.db(name).collection('patients').countDocuments()).toBe(1)
})

/** Dumps while collections are made, written to and dropped, until one of them fell into the gap. */
async function dumpWhileCollectionsPass({ client, uri }: Server): Promise<Buffer> {
  const database = client.db('zoster')
  const stopping = new AbortController()
  const writer = (async () => {
    for (let turn = 0; !stopping.signal.aborted; turn++) {
      const collection = database.collection(`passing${turn}`)
      await collection.insertMany([{ turn }, { turn }])
      await collection.updateOne({ turn }, { $set: { seen: true } })
      await collection.drop()
    }
  })()
  try {
    for (let attempt = 0; attempt < 10; attempt++) {
      const dumped = await dump(uri, '--oplog')
      if (readArchive(dumped).isRefused) return dumped
    }
    throw new Error('no collection came and went while collections were listed')
  } finally {
    stopping.abort()
    await writer
  }
}

/** What its oplog says of collections that come and go, read by nothing but the driver's own BSON. */
function readArchive(bytes: Buffer) {
  const made = new Set<string>()
  const born = new Set<string>()
  const written = new Set<string>()
  const each = (document: Buffer) => {
    const { op, ns, o } = deserialize(document) as Entry
    if (o.create !== undefined) {
      made.add(`zoster.${o.create}`)
      born.add(o.create)
    }
    if (o.drop !== undefined) born.delete(o.drop)
    if (op === 'i' && ns.startsWith('zoster.') && !made.has(ns)) written.add(ns)
  }
  const documents = { of: (namespace: string) => namespace === '.oplog', each }
  const reader = new ArchiveReader({ documents })
  reader.feed(bytes)
  const contents = reader.end()
  const isRefused = [...written].some((name) => !(name in contents.namespaces))
  return { contents, born: [...born], isRefused }
}

interface Entry {
  readonly op: string
  readonly ns: string
  readonly o: { readonly create?: string; readonly drop?: string }
}

async function* chunks(): AsyncGenerator<Buffer> {
  await Promise.resolve()
  yield archive
}
