import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Collection } from 'mongodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { catalogueOf } from '../../../src/adapters/mongo/catalogueOf.js'
import type { Catalogue } from '../../../src/domain/catalogue.js'
import type { DeletionPutBack } from '../../../src/procedures/dr/deletion.js'
import type { FoundDeletions, ListedDeletion } from '../../../src/procedures/dr/findDeletions.js'
import { ops, placeFor, startOps, type Ended, type Place } from '../../support/cli.js'
import { answerOf } from '../../support/envelope.js'
import { nothingSecret } from '../../support/invariants.js'
import { startMongoServer, type MongoServer } from '../../support/mongoServer.js'
import { sidecarsOf } from '../../support/sidecars.js'
import { until } from '../../support/waiting.js'
import { loadVisits, modelOf, over, type Model } from './ward.js'

const database = 'medical_records'
let server: MongoServer
let place: Place
let taken = 0

interface Visit {
  readonly _id: string | number
  readonly [field: string]: unknown
}

const collection = (name: string): Collection<Visit> =>
  server.client.db(database).collection<Visit>(name)
const model = (name: string) => modelOf(server.client, database, name)

async function good(argv: readonly string[]): Promise<Ended> {
  const ended = await ops(place, argv)
  expect(ended.exitCode, ended.stderr + ended.stdout).toBe(0)
  return ended
}

/** A collection of its own, in a base of its own. */
async function visits(count: number): Promise<string> {
  const name = `visits_${(taken++).toString()}`
  await loadVisits(server.client, name, count)
  return name
}

/** The newest deletion that was found of a namespace. */
async function found(namespace: string): Promise<ListedDeletion> {
  const { result } = answerOf<FoundDeletions>(
    await ops(place, ['dr', 'deletion', '--dry-run', '--json', '--since', '1h']),
  )
  const one = result.deletions.findLast((each) => each.namespace === namespace)
  if (!one) throw new Error(`no deletion of ${namespace} in ${JSON.stringify(result)}`)
  return one
}

const putting = (id: string) => [
  ...['dr', 'deletion', '--pick', id, '--confirm', 'medical', '--json'],
]

async function putBack(id: string, exitCode = 0): Promise<DeletionPutBack> {
  const run = startOps(place, putting(id))
  const ended = await run
  expect(ended.exitCode, ended.stderr + ended.stdout).toBe(exitCode)
  nothingSecret({ stdout: ended.stdout, stderr: ended.stderr })
  expect(await sidecarsOf(run.pid, '--all')).toEqual([])
  const { result } = JSON.parse(ended.stdout) as { result: DeletionPutBack }
  expect(result.seconds).toBeLessThan(result.objectiveSeconds)
  return result
}

/** A catalogue with the indexes of each collection by name: in which order they were built means nothing. */
function byName(catalogue: Catalogue): Catalogue {
  const sorted = Object.entries(catalogue).map(([name, entry]) => {
    const indexes = entry.indexes.toSorted((one, other) => (one.name < other.name ? -1 : 1))
    return [name, { ...entry, indexes }] as const
  })
  return Object.fromEntries(sorted)
}

/** 250 documents that were not there, and 250 changes of documents that are. */
async function writeOn(name: string): Promise<void> {
  const fresh = Array.from({ length: 250 }, (_, at) => ({ _id: `later ${at.toString()}`, at }))
  await collection(name).insertMany(fresh)
  const there = await collection(name)
    .find({ code: { $exists: true } })
    .limit(250)
    .toArray()
  for (const { _id } of there) await collection(name).updateOne({ _id }, { $set: { seen: true } })
}

beforeAll(async () => {
  server = await startMongoServer()
  await collection('audit_trail').insertOne({ _id: 0 })
  place = await placeFor(server)
  // Every database of the server, not one alone.
  const file = join(place.folder, 'ops.yaml')
  const text = await readFile(file, 'utf8')
  await writeFile(file, text.replace(/ +databases: .*\n/, ''), { mode: 0o600 })
  await good(['pitr', 'slice', '--base'])
}, 120_000)

afterAll(async () => {
  await place.remove()
  await server.remove()
})

describe('ops dr deletion', () => {
  test('puts back three thousand documents, byte for byte, and keeps five hundred later writes; undo removes just them', async () => {
    const name = await visits(4_000)
    const then = await model(name)
    await collection(name).deleteMany({ at: { $lt: 3_000 } })
    await writeOn(name)
    const now = await model(name)
    expect(now.size).toBe(1_250)

    const deletion = await found(`${database}.${name}`)
    expect(deletion).toMatchObject({ kind: 'delete', documents: 3_000, by: null })
    const result = await putBack(deletion.id)
    expect(result).toMatchObject({ putBack: 3_000, proved: 3_000, conflicts: 0, left: [] })
    expect(await model(name)).toEqual(over(then, now))

    // Once more there is nothing to do.
    expect(await putBack(deletion.id)).toMatchObject({ putBack: 0, alreadyThere: 3_000 })
    await collection(name).updateOne({ _id: 'visit-0' }, { $set: { seen: true } })
    const changed = (await model(name)).get('"visit-0"') ?? ''
    await good(['undo', result.receipt ?? '', '--confirm', 'medical'])
    expect(await model(name)).toEqual(over(now, new Map([['"visit-0"', changed]])))
  }, 240_000)

  test('shows what exists again with other content, and what a unique index forbids, and leaves both alone', async () => {
    const name = await visits(100)
    await collection(name).createIndexes([{ key: { code: 1 }, unique: true }])
    const then = await model(name)
    await collection(name).deleteMany({ at: { $lt: 50 } })
    await collection(name).insertOne({ _id: 'visit-2', other: 'patient', code: 'new' })
    await collection(name).insertOne({ _id: 'newcomer', code: 'code 7' })
    const now = await model(name)
    const { id } = await found(`${database}.${name}`)

    const shown = await good(['dr', 'deletion', '--pick', id, '--dry-run'])
    expect(shown.stdout).toContain('Put back what is missing of 50 documents')
    expect(await model(name)).toEqual(now)

    const { conflicts, collections, putBack: back } = await putBack(id, 3)
    expect([back, conflicts]).toEqual([48, 2])
    expect(collections[0]?.conflicts).toEqual([
      expect.objectContaining({ count: 1, ids: ['"visit-2"'] }),
      expect.objectContaining({ count: 1, because: expect.stringContaining('code_1') as string }),
    ])
    const expected = new Map(over(then, now))
    expected.delete('{"1":7,"b":7}')
    expect(await model(name)).toEqual(expected)
  }, 120_000)

  test('puts back a dropped collection with its options and every index, also beside one that was made anew', async () => {
    const name = await visits(300)
    const extra = `${name}_ward`
    await server.client.db(database).createCollection(extra, {
      collation: { locale: 'de', strength: 2 },
      validator: { at: { $gte: 0 } },
    })
    await collection(extra).insertMany(Array.from({ length: 20 }, (_, at) => ({ _id: at, at })))
    await collection(extra).createIndexes([
      { key: { code: 1 }, unique: true, partialFilterExpression: { code: { $exists: true } } },
      { key: { until: 1 }, expireAfterSeconds: 60 },
      { key: { note: 'text' }, collation: { locale: 'simple' } },
    ])
    const then: Model = await model(extra)
    const catalogue = await catalogueOf(server.client, [database])
    await collection(extra).drop()
    await writeOn(name)
    const { id, documents } = await found(`${database}.${extra}`)
    expect(documents).toBe(20)
    const result = await putBack(id)
    expect(result).toMatchObject({ putBack: 20, proved: 20, made: [`${database}.${extra}`] })
    expect(await model(extra)).toEqual(then)
    expect(byName(await catalogueOf(server.client, [database]))).toEqual(byName(catalogue))

    await good(['undo', '--confirm', 'medical'])
    expect(await server.client.db(database).listCollections({ name: extra }).toArray()).toEqual([])
    await collection(extra).insertOne({ _id: 20, at: 20 })
    const again = await putBack(id)
    expect(again).toMatchObject({ putBack: 20, made: [] })
    expect((await model(extra)).size).toBe(21)
    // It is others' by now: nothing that deletes their documents, or keeps them from writing.
    const built = (await collection(extra).indexes()).map((index) => index.name)
    expect(built.sort()).toEqual(['_id_', 'note_text'])
  }, 180_000)

  test('puts back what a transaction deleted, and what others wrote while it ran stays', async () => {
    const name = await visits(400)
    await collection(name).updateMany({}, { $set: { before: true } })
    const then = await model(name)
    await server.client.withSession((session) =>
      session.withTransaction(async () => {
        await collection(name).deleteMany({ at: { $lt: 200 } }, { session })
        await collection('audit_trail').insertOne({ _id: name }, { session })
      }),
    )
    await writeOn(name)
    const now = await model(name)
    const deletion = await found(`${database}.${name}`)
    expect(deletion).toMatchObject({ documents: 200, isTransaction: true, by: 'root user@admin' })
    expect(await putBack(deletion.id)).toMatchObject({ putBack: 200, proved: 200 })
    expect(await model(name)).toEqual(over(then, now))
  }, 120_000)

  test('puts back a database with its views, each document as it was when its collection went', async () => {
    const clinic = server.client.db('clinic')
    await loadVisits(server.client, 'visits', 150, 'clinic')
    await loadVisits(server.client, 'wards', 50, 'clinic')
    await clinic.collection('visits').createIndexes([{ key: { code: 1 } }])
    await clinic.createCollection('dear', {
      viewOn: 'visits',
      pipeline: [{ $match: { at: { $gt: 100 } } }],
    })
    const all = async () => [
      await modelOf(server.client, 'clinic', 'visits'),
      await modelOf(server.client, 'clinic', 'wards'),
      byName(await catalogueOf(server.client, ['clinic'])),
    ]
    const then = await all()
    await clinic.dropDatabase()
    const deletion = await found('clinic')
    expect(deletion).toMatchObject({ kind: 'dropDatabase', documents: 200 })
    const { made, proved } = await putBack(deletion.id)
    expect([made.length, proved]).toEqual([3, 200])
    expect(await all()).toEqual(then)
  }, 120_000)

  test('killed in the middle it goes on when it is run again, and undo takes back both runs', async () => {
    const name = await visits(6_000)
    const then = await model(name)
    await collection(name).deleteMany({ at: { $gte: 1_000 } })
    const now = await model(name)
    const { id } = await found(`${database}.${name}`)
    const run = startOps(place, putting(id))
    const some = async () => (await collection(name).estimatedDocumentCount()) > now.size
    expect(await until(some, 60_000)).toBe(true)
    run.kill('SIGKILL')
    await run

    const result = await putBack(id)
    expect(await sidecarsOf(run.pid, '--all')).toEqual([])
    expect(result.putBack + result.alreadyThere).toBe(5_000)
    expect(result.alreadyThere).toBeGreaterThan(0)
    expect(await model(name)).toEqual(then)
    await good(['undo', result.receipt ?? '', '--confirm', 'medical'])
    expect(await model(name)).toEqual(now)
  }, 180_000)

  test('without a terminal it lists and asks for a pick; a mass update is listed, and refused with what to do instead', async () => {
    const name = await visits(100)
    await collection(name).updateMany({}, { $unset: { cost: 1 } })
    const listed = await ops(place, ['dr', 'deletion', '--collection', `${database}.${name}`])
    expect([listed.exitCode, listed.stderr]).toEqual([6, expect.stringContaining('PICK_REQUIRED')])
    expect(listed.stdout).toContain(`100 documents of ${database}.${name} changed`)
    const { id } = await found(`${database}.${name}`)
    const refused = await ops(place, ['dr', 'deletion', '--pick', id])
    expect([refused.exitCode, refused.stderr]).toEqual([
      6,
      expect.stringContaining('ops restore --to-time'),
    ])
  })
})
