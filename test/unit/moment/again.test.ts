import { expect, test } from 'vitest'
import { undo } from '../../../src/procedures/restore/undo.js'
import { carriedOut, compression, medical } from '../../fakes/world.js'
import { killed } from '../restore/scene.js'
import { disasterInTime, planned, restored } from './scene.js'

test('a second attempt is taken back to the state before the first, and what is left of the first is no loss', async () => {
  const scene = await disasterInTime()
  const bad = scene.server.state()['medical_records']
  const first = await killed(await planned(scene), scene)
  scene.server.databases.set('medical_records', new Map())
  scene.server.stray = [
    { database: 'medical_records', collection: 'system.buckets.vitals', documents: 3 },
  ]
  const plan = await planned(scene)
  expect(plan.loses.join()).not.toContain('vitals')
  expect(plan.facts.join()).toContain(first)
  const { receipt } = await carriedOut(plan, scene.world)
  await plan.release?.()
  expect(receipt?.carried?.from).toBe(first)
  expect(await scene.receipts.read(first)).toMatchObject({ state: 'failed', settled: {} })
  scene.clock.advance(1000)
  const back = await undo.plan(
    { target: () => medical, safetyBackup: true, compression },
    scene.world,
  )
  await carriedOut(back, scene.world)
  expect(scene.server.state()['medical_records']).toEqual(bad)
})

test('buckets without their time-series are named as lost: no backup can hold them', async () => {
  const scene = await disasterInTime()
  scene.server.stray = [
    { database: 'medical_records', collection: 'system.buckets.vitals', documents: 3 },
  ]
  expect((await planned(scene)).loses.at(-1)).toContain(
    'medical_records.system.buckets.vitals (3 documents)',
  )
  await restored(scene)
  expect((await planned(scene)).loses.join()).toContain('vitals')
})
