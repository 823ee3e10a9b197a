import { Long } from 'bson'
import { expect, test } from 'vitest'
import { carriedOut } from '../../fakes/world.js'
import {
  insert,
  playedBack,
  remove,
  replayed,
  restored,
  set,
  visitsOf,
  writtenSince,
} from './scene.js'

const narrow = { database: 'medical_records', collection: 'visits' }
const note = { op: 'i', ns: 'medical_records.notes', o: { _id: 1 } }
const transaction = (...applyOps: readonly object[]) => ({
  ...{ op: 'c', ns: 'admin.$cmd', o: { applyOps } },
  ...{ lsid: { id: 1 }, txnNumber: Long.ONE },
})

test('a narrow run and then a wide one play a transaction back whole, behind what the first played back', async () => {
  const scene = await writtenSince([insert(4, { a: 0 }), transaction(set(4, { a: 1 }), note)])
  await restored(scene)
  const { server } = scene
  expect((await playedBack(scene, narrow)).result).toMatchObject({ documents: 1, conflicts: 1 })
  expect(visitsOf(scene)['4']).toEqual({ a: 0 })
  server.oplog.write(insert(4, { a: 0 }))
  const { result } = await playedBack(scene)
  expect(result).toMatchObject({ documents: 2, conflicts: 0 })
  expect(visitsOf(scene)['4']).toEqual({ a: 1 })
  expect(server.databases.get('medical_records')?.get('notes')?.documents).toHaveLength(1)
  for (const entry of [set(4, { a: 1 }), note]) server.oplog.write(entry)
  const again = await replayed(scene)
  expect(again.steps).toEqual([])
})

test('where somebody wrote to the document after the first run, nothing of the transaction is played back', async () => {
  const scene = await writtenSince([insert(4, { a: 0 }), transaction(set(4, { a: 1 }), note)])
  await restored(scene)
  const { server } = scene
  await playedBack(scene, narrow)
  server.oplog.write(insert(4, { a: 0 }))
  server.oplog.write(set(4, { a: 7 }))
  server.collection('medical_records', 'visits', [{ _id: 4, a: 7 }])
  const { result } = await playedBack(scene)
  expect(result).toMatchObject({ documents: 0, conflicts: 3 })
  expect(server.databases.get('medical_records')?.get('notes')?.documents).toEqual([])
})

test('what one run left out, a later one adds where it is asked for', async () => {
  const ids = Array.from({ length: 10 }, (_, at) => at + 10)
  const scene = await writtenSince([
    ...ids.map((id) => insert(id)),
    ...ids.map((id) => remove(id)),
    insert(10, { again: true }),
  ])
  await restored(scene)
  const { result } = await playedBack(scene)
  expect(result).toMatchObject({ documents: 10, conflicts: 1 })
  for (const id of ids) scene.server.oplog.write(insert(id))
  const choice = { without: [], withDeletions: true }
  expect((await playedBack(scene, { choice })).result).toMatchObject({
    documents: 10,
    conflicts: 0,
  })
  expect(Object.keys(visitsOf(scene))).toEqual(['1', '2', '3', '10'])
  expect(visitsOf(scene)['10']).toEqual({ again: true })
})

test('a list of a run that did not come to a document does not hide what the run before made of it', async () => {
  const scene = await writtenSince([insert(4, { a: 0 }), transaction(set(4, { a: 1 }), note)])
  await restored(scene)
  await playedBack(scene, narrow)
  scene.server.oplog.write(insert(4, { a: 0 }))
  const { stored } = scene.server
  const change = stored.change.bind(stored)
  stored.change = () => Promise.reject(new Error('cut off'))
  await expect(playedBack(scene)).rejects.toThrow('cut off')
  stored.change = change
  scene.clock.advance(60_000)
  expect((await playedBack(scene)).result).toMatchObject({ documents: 2, conflicts: 0 })
})

test('between plan and run another restore: nothing is played back', async () => {
  const scene = await writtenSince([insert(4)])
  await restored(scene)
  const plan = await replayed(scene)
  await restored(scene, { keepDiscarded: false })
  await expect(carriedOut(plan, scene.world)).rejects.toMatchObject({
    code: 'REPLAY_ELSEWHERE',
    kind: 'refused',
  })
})

test('a run that was killed is gone on with, and its record closed, when there is nothing left to do too', async () => {
  const scene = await writtenSince([insert(4)])
  await restored(scene)
  const { receipt } = await playedBack(scene)
  if (!receipt) throw new Error('a receipt')
  scene.server.oplog.write(insert(4))
  const killed = { ...receipt, state: 'started' as const }
  await scene.receipts.save(killed)
  scene.receipts.gone.add(killed.id)
  const plan = await replayed(scene)
  expect(plan.warnings?.join()).toContain(`ops undo ${killed.id}`)
  const { result } = await carriedOut(plan, scene.world)
  expect(result).toMatchObject({ documents: 0, conflicts: 0 })
  const closed = await scene.receipts.read(killed.id)
  expect(closed).toMatchObject({ state: 'failed', error: { code: 'CUT_OFF' } })
  scene.clock.advance(60_000)
  expect((await replayed(scene)).steps).toEqual([])
})
