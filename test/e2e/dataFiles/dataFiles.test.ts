import type { MongoClient } from 'mongodb'
import { afterAll, expect, test } from 'vitest'
import { cleanUp } from '../../support/cleanUp.js'
import { ops, placeFor } from '../../support/cli.js'
import { loadVisits } from '../../support/visits.js'
import { clientOf, hashOf, loadPatients, startMongoServer } from '../../support/mongoServer.js'
import { until } from '../../support/waiting.js'

const made = cleanUp()
afterAll(() => made.all())

interface Taken {
  readonly result: {
    readonly id: string
    readonly dataFiles: { readonly lockSeconds: number; readonly estimated: readonly string[] }
    readonly collections: Record<string, { readonly documents: number }>
  }
}

test('a copy taken while many write has all that was acknowledged before the lock; undo brings back what was there', async () => {
  const server = made.made(await startMongoServer(), (one) => one.remove())
  await loadPatients(server.client, 5_000)
  const place = made.made(await placeFor(server), (one) => one.remove())
  const good = await collectionHashes(server.client)

  const visits = loadVisits(server.client)
  const copy = await ops(place, ['backup', '--physical', '--json'])
  const during = visits.acknowledged()
  expect(await until(() => Promise.resolve(visits.acknowledged() > during), 10_000)).toBe(true)
  await visits.stop()
  expect(copy.exitCode, copy.stdout).toBe(0)
  const { id, dataFiles, collections } = (JSON.parse(copy.stdout) as Taken).result
  expect(dataFiles.estimated).toEqual([])
  expect(visits.longestWait() / 1000).toBeGreaterThan(dataFiles.lockSeconds / 2)

  const medical = server.client.db('medical_records')
  await medical.collection('healthcare_data').deleteMany({})
  await medical.collection('stray').insertOne({ at: 1 })
  const bad = await hashOf(server.client)

  const restored = await ops(place, ['restore', id, '--confirm', 'medical', '--json'])
  expect(restored.exitCode, restored.stdout).toBe(0)
  const after = made.made(await clientOf(server.container, server), (one) => one.close())
  expect(await collectionHashes(after)).toEqual(good)
  const found = await visits.numbersIn(after)
  const before = visits.acknowledgedUnderLock()
  expect(before.length).toBeGreaterThan(1)
  before.forEach((acknowledged, writer) => {
    const numbers = found[writer] ?? []
    // Nothing is missing in between, and at most the one write is there that was not acknowledged yet.
    expect(numbers).toEqual(numbers.map((_, at) => at))
    expect(numbers.length).toBeGreaterThanOrEqual(acknowledged)
    expect(numbers.length).toBeLessThanOrEqual(acknowledged + 1)
  })
  expect(collections['medical_records.visits']?.documents).toBe(found.flat().length)

  const undone = await ops(place, ['undo', '--confirm', 'medical', '--json'])
  expect(undone.exitCode, undone.stdout).toBe(0)
  const back = made.made(await clientOf(server.container, server), (one) => one.close())
  expect(await hashOf(back)).toBe(bad)

  const forgotten = await ops(place, ['restore', '--forget-old', '--confirm', 'medical', '--json'])
  expect(forgotten.exitCode, forgotten.stdout).toBe(0)
  const verified = await ops(place, ['backup', 'verify', id, '--json'])
  expect(verified.stdout).toContain('"trust":"sound"')
})

test('a copy of a standalone has all that was acknowledged before the lock', async () => {
  const server = made.made(await startMongoServer({ standalone: true }), (one) => one.remove())
  await loadPatients(server.client, 5_000)
  const place = made.made(await placeFor(server), (one) => one.remove())
  const visits = loadVisits(server.client)
  const copy = await ops(place, ['backup', '--physical', '--json'])
  await visits.stop()
  expect(copy.exitCode, copy.stdout).toBe(0)
  const { id, dataFiles, collections } = (JSON.parse(copy.stdout) as Taken).result

  const restored = await ops(place, ['restore', id, '--confirm', 'medical', '--json'])
  expect(restored.exitCode, restored.stdout).toBe(0)
  const after = made.made(await clientOf(server.container, server), (one) => one.close())
  const found = await visits.numbersIn(after)
  visits.acknowledgedUnderLock().forEach((acknowledged, writer) => {
    const numbers = found[writer] ?? []
    expect(numbers).toEqual(numbers.map((_, at) => at))
    expect(numbers.length).toBeGreaterThanOrEqual(acknowledged)
  })
  if (!dataFiles.estimated.includes('medical_records.visits'))
    expect(collections['medical_records.visits']?.documents).toBe(found.flat().length)
})

/** MD5 of the collections that nobody writes to. */
async function collectionHashes(client: MongoClient) {
  const answer = await client.db('medical_records').command({ dbHash: 1 })
  const { healthcare_data, audit_trail } = answer['collections'] as Record<string, string>
  return { healthcare_data, audit_trail }
}
