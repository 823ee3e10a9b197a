import { afterAll, expect, test } from 'vitest'
import { cleanUp } from '../../support/cleanUp.js'
import { ops, placeFor } from '../../support/cli.js'
import { clientOf, hashOf, loadPatients, startMongoServer } from '../../support/mongoServer.js'
import { until } from '../../support/waiting.js'

const made = cleanUp()
afterAll(() => made.all())

test('a copy taken under write load comes back whole; undo brings back what was there', async () => {
  const server = made.made(await startMongoServer(), (one) => one.remove())
  await loadPatients(server.client, 5_000)
  const place = made.made(await placeFor(server), (one) => one.remove())

  // Writes go on all the time; the longest wait of one of them is how long the lock held.
  const load = { stopped: false, longest: 0, written: 0 }
  const writing = (async () => {
    const visits = server.client.db('medical_records').collection('visits')
    while (!load.stopped) {
      const began = performance.now()
      await visits.insertOne({ number: load.written++ })
      load.longest = Math.max(load.longest, performance.now() - began)
    }
  })()
  const copy = await ops(place, ['backup', '--physical', '--json'])
  const during = load.written
  await until(() => Promise.resolve(load.written > during), 10_000)
  load.stopped = true
  await writing
  expect(copy.exitCode, copy.stdout).toBe(0)
  const { id, dataFiles, collections } = (
    JSON.parse(copy.stdout) as {
      result: {
        id: string
        dataFiles: { lockSeconds: number }
        collections: Record<string, { documents: number }>
      }
    }
  ).result
  expect(load.longest / 1000).toBeGreaterThan(dataFiles.lockSeconds / 2)
  expect(load.written).toBeGreaterThan(during)
  const copied = collections['medical_records.visits']?.documents ?? 0
  expect(copied).toBeGreaterThan(0)

  const medical = server.client.db('medical_records')
  // What the copy holds, made by taking away what was written since.
  await medical.collection('visits').deleteMany({ number: { $gte: copied } })
  const good = await hashOf(server.client)
  await medical.collection('healthcare_data').deleteMany({})
  await medical.collection('stray').insertOne({ at: 1 })
  const bad = await hashOf(server.client)

  const restored = await ops(place, ['restore', id, '--confirm', 'medical', '--json'])
  expect(restored.exitCode, restored.stdout).toBe(0)
  const after = made.made(await clientOf(server.container, server), (one) => one.close())
  expect(await hashOf(after)).toBe(good)

  const undone = await ops(place, ['undo', '--confirm', 'medical', '--json'])
  expect(undone.exitCode, undone.stdout).toBe(0)
  const before = made.made(await clientOf(server.container, server), (one) => one.close())
  expect(await hashOf(before)).toBe(bad)

  const forgotten = await ops(place, ['restore', '--forget-old', '--confirm', 'medical', '--json'])
  expect(forgotten.exitCode, forgotten.stdout).toBe(0)
  const verified = await ops(place, ['backup', 'verify', id, '--json'])
  expect(verified.stdout).toContain('"trust":"sound"')
})
