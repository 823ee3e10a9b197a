import { deserialize, serialize, type Document } from 'bson'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dockerClient } from '../../../src/adapters/docker/client.js'
import { operationsAdapter } from '../../../src/adapters/mongo/operations.js'
import type { OperationsSession } from '../../../src/ports/operations.js'
import { FakeOperations } from '../../fakes/operations.js'
import { FakeSharedKeys } from '../../fakes/sharedKeys.js'
import { cleanUp } from '../../support/cleanUp.js'
import { startMongoServer, type MongoServer } from '../../support/mongoServer.js'
import { realWorld } from '../../support/realWorld.js'

const made = cleanUp()
const visits = { database: 'medical_records', collection: 'visits' }
const { signal } = new AbortController()
const bound = { milliseconds: 5000, disk: true, signal }
const watch = { ...bound, removed: () => undefined }
let server: MongoServer
let real: OperationsSession

beforeAll(async () => {
  server = made.made(await startMongoServer(), (one) => one.remove())
  const { containers, secrets } = realWorld('/nowhere')
  const client = () =>
    dockerClient({ environment: process.env, home: process.env['HOME'] ?? '/root' })
  const operations = operationsAdapter({ containers, secrets, client })
  real = made.made(await operations.connect(server.target()), (one) => one.close())
}, 60_000)
afterAll(() => made.all())

const collection = () => server.client.db(visits.database).collection(visits.collection)

/** Documents, somebody who changes one of them, and all that are there. */
interface Held {
  readonly session: OperationsSession
  put(document: Document): Promise<void>
  all(): Promise<readonly Document[]>
}

async function ofServer(documents: readonly Document[]): Promise<Held> {
  await collection().deleteMany({})
  await collection().insertMany([...documents])
  return {
    session: real,
    async put(document) {
      const { _id } = document as { _id: never }
      await collection().replaceOne({ _id }, document, { upsert: true })
    },
    all: () => collection().find().sort({ _id: 1 }).toArray(),
  }
}

async function inMemory(documents: readonly Document[]): Promise<Held> {
  const fake = new FakeOperations()
  fake.shared = new FakeSharedKeys(documents)
  const all = () => fake.shared.documents.map((one) => deserialize(one))
  return {
    session: await fake.connect(),
    put(document) {
      const others = all().filter(({ _id }) => _id !== document['_id'])
      fake.shared.documents = [...others, document].map((one) => serialize(one))
      return Promise.resolve()
    },
    all: () => Promise.resolve(all().toSorted((a, b) => Number(a['_id']) - Number(b['_id']))),
  }
}

const patients = [
  { _id: 1, patient: { name: 'Ada' }, age: 1 },
  { _id: 2, patient: { name: 'Ada' }, age: 1 },
  { _id: 3, patient: { name: 'Ada' }, age: 2 },
  { _id: 4, patient: { name: 'ada' }, age: 1 },
  ...[undefined, null, '', ' ', [], NaN, {}, ['Ada']].flatMap((name, at) =>
    [5, 6].map((one) => ({
      _id: one + 10 * at,
      patient: name === undefined ? {} : { name },
      age: 1,
    })),
  ),
]
const by = ['patient.name']
const without = (...ids: readonly number[]) =>
  patients.filter(({ _id }) => !ids.includes(_id)).toSorted((a, b) => a._id - b._id)

async function looked({ session }: Held) {
  const seen = await session.sharedKey(visits, by, bound)
  if (!seen) throw new Error('it was not looked at')
  return seen
}

describe.each([
  ['in memory', inMemory],
  ['of a server', ofServer],
])('documents %s that share a key', (_, held) => {
  test('are counted with those that differ elsewhere; what says nothing is no key', async () => {
    const scene = await held(patients)
    const { groups, surplus, differing, largest } = await looked(scene)
    expect({ groups, surplus, differing }).toEqual({ groups: 1, surplus: 2, differing: 1 })
    expect(largest).toHaveLength(1)
    const told = largest.map(({ documents, first, last }) => ({
      documents,
      ids: [deserialize(first), deserialize(last)],
    }))
    expect(told).toEqual([{ documents: 3, ids: [{ _id: 1 }, { _id: 3 }] }])
    expect(await scene.session.duplicates(visits, by, bound)).toEqual({ groups, surplus })
  })

  test('are removed but for the one with the smallest _id, and no other is touched', async () => {
    const scene = await held(patients)
    const done = await scene.session.removeSharedKey(visits, by, await looked(scene), watch)
    expect(done).toEqual({ removed: 2, groups: 1 })
    expect(await scene.all()).toEqual(without(2, 3))
  })

  test('stay where they were changed, or came, after they were looked at', async () => {
    const scene = await held(patients)
    const seen = await looked(scene)
    await scene.put({ _id: 3, patient: { name: 'Ada' }, age: 3 })
    await scene.put({ _id: 99, patient: { name: 'Ada' }, age: 1 })
    await scene.put({ _id: 0, patient: { name: 'ada' }, age: 1 })
    const done = await scene.session.removeSharedKey(visits, by, seen, watch)
    expect(done.removed).toBe(1)
    const ids = (await scene.all()).map(({ _id }) => _id as unknown)
    expect(ids).not.toContain(2)
    for (const there of [0, 1, 3, 4, 99]) expect(ids).toContain(there)
  })
})

describe.each([
  ['in memory', inMemory],
  ['of a server', ofServer],
])('documents %s of which another is kept', (_, held) => {
  test.each([
    ['was written to', { _id: 1, patient: { name: 'Ada' }, age: 9 }],
    ['has another key', { _id: 1, patient: { name: 'Eva' }, age: 1 }],
  ])('stay where that one %s since', async (__, document) => {
    const scene = await held(patients)
    const seen = await looked(scene)
    await scene.put(document)
    const done = await scene.session.removeSharedKey(visits, by, seen, watch)
    expect(done.removed).toBe(0)
    expect(await scene.all()).toHaveLength(patients.length)
  })
})

describe('documents of a server that share a key', () => {
  test('are put back where the one that is kept is taken away in the very moment', async () => {
    await ofServer(patients)
    const seen = await real.sharedKey(visits, by, bound)
    if (!seen) throw new Error('it was not looked at')
    // Asked for the second time, which is after the removal, it is not there any more.
    let asked = 0
    const wasKept = (document: Uint8Array) => asked++ === 0 && seen.wasKept(document)
    const given = { wasSeen: seen.wasSeen, wasKept }
    const done = await real.removeSharedKey(visits, by, given, watch)
    expect(done.removed).toBe(0)
    const all = await collection().find().sort({ _id: 1 }).toArray()
    expect(all).toEqual(without())
  })

  test('stay where they are too large to be compared in one message', async () => {
    await collection().deleteMany({})
    const text = 'x'.repeat(8 * 1024 ** 2)
    await collection().insertMany([1, 2].map((_id) => ({ _id: _id as never, name: 'Ada', text })))
    const seen = await real.sharedKey(visits, ['name'], bound)
    if (!seen) throw new Error('it was not looked at')
    expect((await real.removeSharedKey(visits, ['name'], seen, watch)).removed).toBe(0)
    expect(await collection().countDocuments()).toBe(2)
  })

  test('are told from each other whatever their fields, and the order of them, are like', async () => {
    await collection().deleteMany({})
    await server.client.db(visits.database).command({
      insert: visits.collection,
      documents: [
        { _id: 'a', name: 'x', z: 1, 2: 'two', 1: 'one' },
        new Map<string, unknown>([
          ['_id', 'b'],
          ['name', 'x'],
          ['z', 1],
          ['2', 'two'],
          ['1', 'one'],
        ]),
        { _id: { 1: 'c' }, name: 'x', $odd: { 'a.b': 1 } },
      ],
    })
    const seen = await real.sharedKey(visits, ['name'], bound)
    expect(seen).toMatchObject({ surplus: 2, differing: 2 })
    if (!seen) throw new Error('it was not looked at')
    const done = await real.removeSharedKey(visits, ['name'], seen, watch)
    expect(done.removed).toBe(2)
    expect(await collection().distinct('_id')).toEqual(['a'])
  })

  test('are all removed where there are more than one command takes', async () => {
    await collection().deleteMany({})
    await collection().insertMany(
      Array.from({ length: 2100 }, (_, n) => ({ name: `n${(n % 700).toString()}`, n })),
    )
    const seen = await real.sharedKey(visits, ['name'], bound)
    expect(seen).toMatchObject({ groups: 700, surplus: 1400, differing: 1400 })
    if (!seen) throw new Error('it was not looked at')
    let told = 0
    const removed = (count: number) => {
      told = count
    }
    const done = await real.removeSharedKey(visits, ['name'], seen, { ...bound, removed })
    expect([done.removed, told]).toEqual([1400, 1400])
    expect((await collection().distinct('n')).length).toBe(700)
    expect(Math.max(...(await collection().distinct('n')).map(Number))).toBe(699)
  })

  test('are refused, and not quoted, where so many have one key that it is none', async () => {
    await collection().deleteMany({})
    const id = (n: number) => `${'Ada'.repeat(400)}${n.toString()}` as never
    await collection().insertMany(
      Array.from({ length: 15_000 }, (_, n) => ({ _id: id(n), name: 'same' })),
    )
    await expect(real.sharedKey(visits, ['name'], bound)).rejects.toMatchObject({
      code: 'DUPLICATES_TOO_MANY',
      kind: 'refused',
      message: expect.not.stringContaining('Ada') as string,
    })
  })

  test('stay as they are once the run is over', async () => {
    await ofServer(patients)
    const seen = await real.sharedKey(visits, by, bound)
    if (!seen) throw new Error('it was not looked at')
    const over = AbortSignal.abort(new Error('the run is over'))
    const removing = real.removeSharedKey(visits, by, seen, { ...watch, signal: over })
    await expect(removing).rejects.toThrow('the run is over')
    expect(await collection().countDocuments()).toBe(patients.length)
  })
})
