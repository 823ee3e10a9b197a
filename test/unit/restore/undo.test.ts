import { describe, expect, test } from 'vitest'
import { needsConfirmation } from '../../../src/procedures/plan.js'
import { undo } from '../../../src/procedures/restore/undo.js'
import { carriedOut, compression, medical } from '../../fakes/world.js'
import { disaster, restored, type Scene } from './scene.js'

describe('undo', () => {
  const undoing = (scene: Scene, receipt?: string) =>
    undo.plan(
      {
        target: () => medical,
        safetyBackup: true,
        compression,
        ...(receipt === undefined ? {} : { receipt }),
      },
      scene.world,
    )

  test('brings the state before a restore back, dropped and stray collections too', async () => {
    const scene = await disaster()
    await restored(scene)
    const { result } = await carriedOut(await undoing(scene), scene.world)
    expect(scene.server.state()['medical_records']).toEqual(scene.bad)
    expect(result.dropped).toEqual(['medical_records.audit_trail'])
  })

  test('says of a later restore without a safety backup that it cannot be taken back, and is lost', async () => {
    const scene = await disaster()
    const { receipt } = await restored(scene)
    scene.clock.advance(60_000)
    const later = await restored(scene, { safetyBackup: false })
    const plan = await undoing(scene)
    expect(plan.title).toContain(receipt?.startedAt)
    expect(plan.loses[0]).toContain(later.receipt?.startedAt)
    expect(plan.loses[0]).toContain('no safety backup was taken before it')
    scene.clock.advance(60_000)
    await restored(scene)
    expect((await undoing(scene)).loses.join()).not.toContain('LATER')
  })

  test('brings one collection back where one was restored', async () => {
    const scene = await disaster()
    await restored(scene, { choice: { collection: 'healthcare_data' } })
    scene.server.collection('medical_records', 'stray', [{ _id: 1 }, { _id: 'written since' }])
    await carriedOut(await undoing(scene), scene.world)
    const state = scene.server.state()['medical_records']
    expect(state?.['healthcare_data']).toEqual(scene.bad?.['healthcare_data'])
    expect(state?.['stray']?.documents).toEqual([{ _id: 1 }, { _id: 'written since' }])
  })

  test('can itself be taken back', async () => {
    const scene = await disaster()
    await restored(scene)
    scene.clock.advance(1000)
    await carriedOut(await undoing(scene), scene.world)
    scene.clock.advance(1000)
    await carriedOut(await undoing(scene), scene.world)
    expect(scene.server.state()['medical_records']).toEqual(scene.good)
  })

  test('drops the copy that a restore beside the live database made', async () => {
    const scene = await disaster()
    await restored(scene, { choice: { into: 'medical_copy' } })
    const plan = await undoing(scene)
    expect(needsConfirmation(plan)).toBe(true)
    await carriedOut(plan, scene.world)
    expect(scene.server.databases.has('medical_copy')).toBe(false)
    expect(scene.server.state()['medical_records']).toEqual(scene.bad)
  })

  test('says that there is nothing to take back', async () => {
    const scene = await disaster()
    await expect(undoing(scene)).rejects.toMatchObject({ code: 'NOTHING_TO_UNDO', exitCode: 10 })
    await expect(undoing(scene, 'restore-x')).rejects.toMatchObject({
      code: 'RECEIPT_NOT_FOUND',
      exitCode: 10,
    })
  })

  test('refuses a receipt that was taken back already', async () => {
    const scene = await disaster()
    const { receipt } = await restored(scene)
    scene.clock.advance(1000)
    await carriedOut(await undoing(scene), scene.world)
    await expect(undoing(scene, receipt?.id)).rejects.toMatchObject({
      code: 'UNDO_IMPOSSIBLE',
      exitCode: 6,
    })
  })
})
