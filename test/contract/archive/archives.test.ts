import type { Db, MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gzipMembers } from '../../../src/archive/gzip/compress.js'
import { ArchiveReader } from '../../../src/archive/reader.js'
import { selectNamespaces } from '../../../src/archive/select.js'
import { startServer, type Server } from './server.js'
import { dump, restore, testGzip } from './tools.js'

const servers: Server[] = []
let source: Server
let target: Server
let archive: Buffer

beforeAll(async () => {
  // Two operations an entry: every transaction below becomes a chain of entries.
  const chained = 'maxNumberOfTransactionOperationsInSingleOplogEntry=2'
  source = await started([chained])
  target = await started()
  await seed(source.client)
  archive = await dumpUnderWrites(source)
  // As it is, mongorestore may refuse it: see unlisted.test.ts.
  const all = selectNamespaces(chunks(archive), { keep: () => true, unlisted: unlisted() })
  const whole = await restore(target.uri, all, '--oplogReplay', '--stopOnError')
  expect(whole.exitCode, whole.log).toBe(0)
}, 120_000)

afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()))
})

describe('a selected part of an archive taken under writes', () => {
  test('comes back beside the live database under another name, with equal data and indexes', async () => {
    const before = await hashes(target.client.db('billing'))
    const part = selectNamespaces(chunks(archive), {
      keep: ({ database }) => database === 'medical',
      rename: [{ from: 'medical', to: 'medical_copy' }],
      unlisted: unlisted(),
    })
    const run = await restore(target.uri, part, '--oplogReplay', '--stopOnError')
    expect(run.log).toContain('0 document(s) failed to restore')
    expect(run).toMatchObject({ exitCode: 0 })

    const [live, copy] = ['medical', 'medical_copy'].map((name) => target.client.db(name))
    if (!live || !copy) throw new Error('two databases')
    expect(await hashes(copy)).toEqual(await hashes(live))
    expect(Object.keys(await hashes(copy))).toEqual(
      expect.arrayContaining(['patients', 'empty', 'made1', 'system.buckets.vitals']),
    )
    expect(await shape(copy)).toEqual(await shape(live))
    expect(await copy.collection('adults').countDocuments()).toBe(
      await live.collection('adults').countDocuments(),
    )
    expect(await copy.collection('vitals').countDocuments()).toBe(
      await live.collection('vitals').countDocuments(),
    )
    expect(await hashes(target.client.db('billing'))).toEqual(before)
  })

  test('may be a single collection', async () => {
    const part = selectNamespaces(chunks(archive), {
      keep: ({ database, collection }) => database === 'medical' && collection === 'patients',
      rename: [{ from: 'medical', to: 'one' }],
    })
    const run = await restore(target.uri, part, '--oplogReplay', '--stopOnError')
    expect(run).toMatchObject({ exitCode: 0 })
    const one = await hashes(target.client.db('one'))
    const { patients } = await hashes(target.client.db('medical'))
    expect(patients).toMatch(/^[0-9a-f]{32}$/)
    expect(one).toEqual({ patients })
  })

  test('may be the whole: nothing is lost by selecting everything', async () => {
    const all = selectNamespaces(chunks(archive), { keep: () => true })
    const parts: Buffer[] = []
    for await (const part of all) parts.push(Buffer.from(part))
    expect(Buffer.concat(parts).equals(archive)).toBe(true)
  })

  test('without its oplog is the state of each collection when it was dumped', async () => {
    const part = selectNamespaces(chunks(archive), {
      keep: ({ database }) => database === 'billing',
      rename: [{ from: 'billing', to: 'billing_copy' }],
      oplog: 'drop',
    })
    const run = await restore(target.uri, part, '--stopOnError')
    expect(run).toMatchObject({ exitCode: 0 })
    const { documents } = contentsOf(archive).namespaces['billing.invoices'] ?? {}
    const copy = target.client.db('billing_copy')
    expect(await copy.collection('invoices').countDocuments()).toBe(documents)
  })
})

describe('an archive compressed into members', () => {
  const compressed = async function* () {
    const members = gzipMembers(chunks(archive), { blockBytes: 256 * 1024 })
    for await (const { bytes } of members) yield bytes
  }

  test('is a gzip file to gunzip', async () => {
    expect(await testGzip(compressed())).toEqual({ exitCode: 0, log: '' })
  })

  test('is restored by mongorestore --gzip', async () => {
    const flags = ['--gzip', '--nsInclude=billing.*', '--nsFrom=billing.*', '--nsTo=unzipped.*']
    const run = await restore(target.uri, compressed(), ...flags)
    expect(run).toMatchObject({ exitCode: 0 })
    const { documents } = contentsOf(archive).namespaces['billing.invoices'] ?? {}
    expect(await target.client.db('unzipped').collection('invoices').countDocuments()).toBe(
      documents,
    )
  })
})

async function started(parameters: readonly string[] = []): Promise<Server> {
  const server = await startServer(parameters)
  servers.push(server)
  return server
}

async function seed(client: MongoClient): Promise<void> {
  const medical = client.db('medical')
  const people = Array.from({ length: 20_000 }, (_, i) => ({
    _id: i as never,
    name: `patient ${i}`,
    age: i % 90,
    notes: 'x'.repeat(200),
  }))
  await medical.collection('patients').insertMany(people)
  await medical.collection('patients').createIndexes([{ key: { name: 1, age: -1 } }])
  await medical.createCollection('adults', {
    viewOn: 'patients',
    pipeline: [{ $match: { age: { $gte: 18 } } }],
  })
  await medical.createCollection('vitals', {
    timeseries: { timeField: 'at', metaField: 'patient' },
  })
  await medical.collection('vitals').insertOne({ at: new Date(1.6e12), patient: 1, pulse: 70 })
  await medical.createCollection('empty')
  await client.db('billing').collection('invoices').insertMany(people.slice(0, 1000))
}

/** Dumps while three writers are at work, one of them in transactions over both databases. */
async function dumpUnderWrites({ client, uri }: Server): Promise<Buffer> {
  const medical = client.db('medical')
  const invoices = client.db('billing').collection('invoices')
  let stopped = false
  const until = async (write: (turn: number) => Promise<unknown>) => {
    for (let turn = 0; !stopped; turn++) await write(turn)
  }
  const writers = [
    until(async (turn) => {
      const session = client.startSession()
      await session.withTransaction(async () => {
        const _id = `t${turn}` as never
        await medical.collection('patients').insertOne({ _id, name: _id }, { session })
        await invoices.insertOne({ _id, turn }, { session })
        const paid = { $set: { paid: turn } }
        await invoices.updateOne({ _id: (turn % 1000) as never }, paid, { session })
        await medical
          .collection('patients')
          .updateOne({ _id: turn as never }, { $inc: { age: 1 } }, { session })
        await medical.collection('patients').deleteOne({ _id: (turn + 1e4) as never }, { session })
      })
      await session.endSession()
    }),
    until(async (turn) => {
      const at = new Date(1.61e12 + turn * 1000)
      await medical.collection('vitals').insertOne({ at, patient: turn % 3, pulse: turn })
    }),
    until(async (turn) => {
      const name = `made${turn}`
      await medical.createCollection(name)
      await medical.collection(name).insertOne({ turn })
      await medical.collection(name).createIndexes([{ key: { turn: 1 } }])
      if (turn % 2 === 0) await medical.collection(name).drop()
    }),
    until(async (turn) => {
      await medical.createCollection(`seen${turn}`, {
        viewOn: 'patients',
        pipeline: [{ $limit: 3 }],
      })
      if (turn % 2 === 0) await medical.collection(`seen${turn}`).drop()
      else await medical.command({ collMod: `seen${turn}`, viewOn: 'empty', pipeline: [] })
      await medical.createCollection(`series${turn}`, { timeseries: { timeField: 'at' } })
      await client.db('passing').collection('any').insertOne({ turn })
      await client.db('passing').dropDatabase()
    }),
  ]
  try {
    for (let attempt = 0; attempt < 10; attempt++) {
      const dumped = await dump(uri, '--oplog')
      const writes = contentsOf(dumped).oplog?.writes ?? {}
      if (['medical.patients', 'billing.invoices'].every((name) => writes[name]?.inserts)) {
        return dumped
      }
    }
    throw new Error('no transaction fell into the time of a dump')
  } finally {
    stopped = true
    await Promise.all(writers)
  }
}

/** Checksums of the data by collection. Views carry the name of their database, and are compared by `shape`. */
async function hashes(database: Db): Promise<Record<string, string>> {
  const { collections } = await database.command({ dbHash: 1 })
  const entries = Object.entries(collections as Record<string, string>)
  return Object.fromEntries(entries.filter(([name]) => name !== 'system.views'))
}

async function shape(database: Db): Promise<unknown> {
  const all = await database.listCollections().toArray()
  const shapes = all.map(async ({ name, type, ...rest }) => {
    const { options } = rest as { options?: unknown }
    const indexes = type === 'view' ? [] : await database.collection(name).indexes()
    return [name, { type, options, indexes }] as const
  })
  return Object.fromEntries(await Promise.all(shapes))
}

/** What was dropped before mongodump listed it. */
const unlisted = () => contentsOf(archive).oplog?.unlisted?.passing ?? []

function contentsOf(bytes: Buffer) {
  const reader = new ArchiveReader()
  reader.feed(bytes)
  return reader.end()
}

/** As a pipe would give it: 64 KiB at a time. */
async function* chunks(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 65_536) {
    await Promise.resolve()
    yield bytes.subarray(at, at + 65_536)
  }
}
