import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dockerClient } from '../../../src/adapters/docker/client.js'
import { operationsAdapter } from '../../../src/adapters/mongo/operations.js'
import type { Operations, OperationsSession } from '../../../src/ports/operations.js'
import { cleanUp } from '../../support/cleanUp.js'
import { startMongoServer, type MongoServer } from '../../support/mongoServer.js'
import { realWorld } from '../../support/realWorld.js'

const made = cleanUp()
const visits = { database: 'medical_records', collection: 'visits' }
let server: MongoServer
let operations: Operations
let session: OperationsSession

beforeAll(async () => {
  const more = ['--setParameter', 'enableTestCommands=1']
  server = made.made(await startMongoServer({ more }), (one) => one.remove())
  const { containers, secrets } = realWorld('/nowhere')
  const client = () =>
    dockerClient({ environment: process.env, home: process.env['HOME'] ?? '/root' })
  operations = operationsAdapter({ containers, secrets, client })
  session = made.made(await operations.connect(server.target()), (one) => one.close())
}, 60_000)
afterAll(() => made.all())

const collection = () => server.client.db(visits.database).collection(visits.collection)

describe('documents that are there more than once', () => {
  const watch = { signal: new AbortController().signal, removed: () => undefined }
  const bound = { milliseconds: 5000, disk: true }

  test('are counted by fields that have a value: null, missing, empty and lists are equal to nothing', async () => {
    await collection().insertMany([
      { n: 1, name: 'a', ward: 1 },
      { n: 2, name: 'a', ward: 1 },
      { n: 3, name: 'a', ward: null },
      { n: 4, name: 'a', ward: null },
      { n: 5, name: 'a' },
      { n: 6, name: 'a' },
      { n: 7, name: 'a', ward: '' },
      { n: 8, name: 'a', ward: '' },
      { n: 9, name: 'a', ward: [] },
      { n: 10, name: 'a', ward: [] },
      { n: 11, name: 'A', ward: 1 },
      { n: 12, other: 1 },
      { n: 13, other: 1 },
    ])
    expect(await session.duplicates(visits, ['name', 'ward'], bound)).toEqual({
      groups: 1,
      surplus: 1,
    })
    expect(await session.duplicates(visits, [], bound)).toEqual({ groups: 0, surplus: 0 })
  })

  test('are those that are equal in everything, types and order of fields included', async () => {
    await collection().deleteMany({})
    await server.client.db(visits.database).command({
      insert: visits.collection,
      documents: [
        { a: 1, b: 'x' },
        { a: 1, b: 'x' },
        { b: 'x', a: 1 },
        { a: 1, b: 'X' },
      ],
    })
    expect(await session.duplicates(visits, [], bound)).toEqual({ groups: 1, surplus: 1 })
    expect(await session.removeDuplicates(visits, watch)).toMatchObject({ removed: 1 })
    expect(await collection().countDocuments()).toBe(3)
  })
})

test('a search that must not use the disk ends where its memory does, and leaves the disk alone', async () => {
  const large = { database: 'medical_records', collection: 'large' }
  const pad = 'x'.repeat(400_000)
  const documents = Array.from({ length: 320 }, (_, n) => ({ n, pad }))
  await server.client.db(large.database).collection(large.collection).insertMany(documents)
  expect(await session.documentBytes(large)).toBeGreaterThan(120e6)
  const milliseconds = 30_000
  expect(await session.duplicates(large, [], { milliseconds, disk: false })).toBeUndefined()
  const found = await session.duplicates(large, [], { milliseconds, disk: true })
  expect(found).toEqual({ groups: 0, surplus: 0 })
  await server.client.db(large.database).collection(large.collection).drop()
}, 60_000)

describe('what a server is doing', () => {
  test('is told with client, start and whether it may write, and is ended', async () => {
    const running = collection()
      .find({ $where: 'sleep(30000) || true' })
      .toArray()
      .catch((error: unknown) => String(error))
    await sleep(500)
    const one = (await session.running()).find(({ namespace }) => namespace.endsWith('.visits'))
    expect(one).toMatchObject({ command: 'find', writes: false, waitsForLock: false })
    expect(one?.client).toMatch(/^\d+\.\d+\.\d+\.\d+:\d+$/)
    await session.kill(one?.opid ?? 0)
    expect(await running).toMatch(/interrupted/i)
  })

  test('who waits for a lock is told from who holds it', async () => {
    const admin = server.client.db('admin')
    const holding = admin.command({
      sleep: 1,
      lock: 'w',
      lockTarget: 'medical_records.visits',
      millis: 3000,
    })
    await sleep(500)
    const waiting = collection().insertOne({ late: true })
    await sleep(1000)
    const all = await session.running()
    expect(all.find(({ waitsForLock }) => waitsForLock)).toMatchObject({ command: 'insert' })
    expect(all.find(({ exclusive, waitsForLock }) => exclusive && !waitsForLock)).toMatchObject({
      command: 'sleep',
    })
    await Promise.all([holding, waiting])
  })

  test('slow queries are told from its log, and whether an index is missed', async () => {
    const db = server.client.db(visits.database)
    await db.command({ profile: 0, slowms: 0 })
    await collection().find({ a: 1 }).toArray()
    await db.command({ profile: 0, slowms: 100 })
    const found = await session.slowQueries(60)
    expect(found.find(({ fields }) => fields.join() === 'a')).toMatchObject({
      namespace: 'medical_records.visits',
      scansAll: true,
    })
    expect(await session.wantsIndex(visits, 'a')).toBe(true)
    expect(await session.wantsIndex(visits, 'nobody has it')).toBe(false)
    expect(await session.buildIndex(visits, 'a')).toBe(true)
    expect(await session.buildIndex(visits, 'a')).toBe(false)
    expect(await session.wantsIndex(visits, 'a')).toBe(false)
    await session.dropIndex(visits, 'a')
    await session.dropIndex(visits, 'a')
    expect(await session.wantsIndex(visits, 'a')).toBe(true)
    const sparse = { name: 'a_1', key: { a: 1 }, sparse: true }
    await db.command({ createIndexes: visits.collection, indexes: [sparse] })
    await session.dropIndex(visits, 'a')
    expect(await session.wantsIndex(visits, 'a')).toBe(false)
    await collection().dropIndex('a_1')
  })

  test('who blocked the writes, and whether he is still there', async () => {
    expect(await session.lockTaker()).toBeUndefined()
    const admin = server.client.db('admin')
    await admin.command({ fsync: 1, lock: true })
    expect(await session.lockTaker()).toMatchObject({ open: true })
    await admin.command({ fsyncUnlock: 1 })
    expect(await session.lockTaker()).toBeUndefined()
  })

  test('its disk and its cache', async () => {
    const space = await session.space()
    expect(space?.totalBytes).toBeGreaterThan(space?.freeBytes ?? Infinity)
    expect(await session.cacheBytes()).toBe(512 * 1024 ** 2)
  })

  test('its disk is told of by a database of the target too, and by another where that is not there', async () => {
    for (const databases of [[visits.database], ['nowhere']]) {
      const one = await operations.connect({ ...server.target(), databases })
      try {
        expect((await one.space())?.totalBytes).toBe((await session.space())?.totalBytes)
      } finally {
        await one.close()
      }
    }
  })
})
