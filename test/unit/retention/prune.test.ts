import { describe, expect, test } from 'vitest'
import type { RetentionPolicy } from '../../../src/domain/retention/policy.js'
import { takeBackup } from '../../../src/procedures/backup/takeBackup.js'
import { needsConfirmation } from '../../../src/procedures/plan.js'
import { undo } from '../../../src/procedures/restore/undo.js'
import { stoppedBefore, unfinished } from '../../../src/procedures/restore/unfinished.js'
import { deleteBackups } from '../../../src/procedures/retention/deleteBackups.js'
import { Failure } from '../../../src/domain/failure.js'
import { carriedOut, compression, medical } from '../../fakes/world.js'
import { pruning, settings, shelfScene } from './scene.js'
import { day } from './series.js'

type Scene = ReturnType<typeof shelfScene>

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

describe('pruning', () => {
  test('moves to the trash what no rule keeps, and tells of every backup why', async () => {
    const scene = shelfScene(9)
    const plan = await pruning(scene, { daily: 7 })
    const { result } = await carriedOut(plan, scene.world)
    expect(result.removed).toEqual(scene.ids.slice(7))
    expect(result.verdicts).toHaveLength(9)
    expect(await scene.listed()).toEqual(scene.ids.slice(0, 7))
    expect((await scene.shelf.trash()).map(({ id }) => id).sort()).toEqual(
      scene.ids.slice(7).sort(),
    )
  })

  test('plans nothing where everything stays', async () => {
    const scene = shelfScene(5)
    const plan = await pruning(scene, { daily: 7 })
    expect(plan.steps).toEqual([])
    expect((await carriedOut(plan, scene.world)).result).toMatchObject({
      removed: [],
      receipt: null,
    })
    expect(scene.receipts.saves).toEqual([])
  })

  test('can be taken back while the trash holds it, and not longer', async () => {
    const scene = shelfScene(9)
    const { result } = await carriedOut(await pruning(scene, { daily: 7 }), scene.world)
    const back = await undoing(scene)
    expect(needsConfirmation(back)).toBe(false)
    const { result: undone, warnings } = await carriedOut(back, scene.world)
    expect(undone).toMatchObject({ undone: result.receipt, returned: scene.ids.slice(7) })
    expect(warnings[0]).toContain('the next prune')
    expect(await scene.listed()).toEqual(scene.ids)
    await expect(undoing(scene)).rejects.toMatchObject({ code: 'NOTHING_TO_UNDO' })

    const again = await carriedOut(await pruning(scene, { daily: 7 }), scene.world)
    await scene.shelf.erase(scene.ids.slice(7))
    await expect(undoing(scene, again.result.receipt ?? '')).rejects.toMatchObject({
      code: 'UNDO_IMPOSSIBLE',
      message: expect.stringContaining('the trash no longer holds') as string,
    })
  })

  test('deletes from the trash only what has been there for its time', async () => {
    const scene = shelfScene(9)
    await carriedOut(await pruning(scene, { daily: 7 }), scene.world)
    expect((await pruning(scene, { daily: 7 })).steps).toEqual([])
    scene.clock.advance(6.9 * day)
    expect((await pruning(scene, { daily: 7 }, ['clock'])).steps).toEqual([])
    scene.clock.advance(0.2 * day)
    const { result } = await carriedOut(await pruning(scene, { daily: 7 }, ['clock']), scene.world)
    expect([...result.erased].sort()).toEqual(scene.ids.slice(7).sort())
    expect(await scene.shelf.trash()).toEqual([])
    expect(await scene.listed()).toEqual(scene.ids.slice(0, 7))
  })

  test('deletes nothing from the trash while the clock seems to have jumped', async () => {
    const scene = shelfScene(9)
    await carriedOut(await pruning(scene, { daily: 7 }), scene.world)
    scene.clock.advance(42 * day)
    await expect(pruning(scene, { daily: 7 })).rejects.toMatchObject({
      code: 'PRUNE_CLOCK_JUMPED',
      exitCode: 6,
    })
  })

  test('empties the trash at once where that was asked for, and then there is no way back', async () => {
    const scene = shelfScene(9)
    const plan = await pruning(scene, { daily: 7 }, [], true)
    expect(plan.loses[0]).toContain(scene.ids[8])
    const { result } = await carriedOut(plan, scene.world)
    expect(result).toMatchObject({ receipt: null, removed: scene.ids.slice(7) })
    expect(await scene.shelf.trash()).toEqual([])
    await expect(undoing(scene)).rejects.toMatchObject({ code: 'NOTHING_TO_UNDO' })
  })

  test('refuses what looks wrong, says which flag accepts it, and removes nothing', async () => {
    const scene = shelfScene(40)
    await expect(pruning(scene, { daily: 7 })).rejects.toMatchObject({
      code: 'PRUNE_TOO_MANY',
      exitCode: 6,
      next: expect.arrayContaining(['ops backup prune --target medical --accept many']) as string[],
    })
    scene.put('medical-20261121T130000Z', {
      takenAt: '2026-11-21T13:00:00.000Z',
      sequence: 41,
      rawBytes: 1,
    })
    await expect(pruning(scene, { daily: 7 }, ['many'])).rejects.toMatchObject({
      code: 'PRUNE_SHRUNK',
    })
    expect(await scene.listed()).toHaveLength(41)
    await carriedOut(await pruning(scene, { daily: 7 }, ['many', 'shrunk']), scene.world)
    expect(await scene.listed()).toHaveLength(7)
  })

  test('does not go further than the plan that was confirmed', async () => {
    const scene = shelfScene(9)
    const plan = await pruning(scene, { daily: 7 })
    scene.put('medical-20261121T130200Z', { takenAt: '2026-11-21T13:02:00.000Z', sequence: 10 })
    scene.put('medical-20261122T000000Z', { takenAt: '2026-11-20T13:02:00.000Z', sequence: 11 })
    await expect(carriedOut(plan, scene.world)).rejects.toMatchObject({ code: 'PLAN_STALE' })
    expect(await scene.listed()).toHaveLength(11)
  })

  test('on a full disk moves nothing and says so', async () => {
    const scene = shelfScene(9)
    const plan = await pruning(scene, { daily: 7 })
    scene.shelf.refuse = new Failure('space', 'SHELF_FULL', 'no space is left', ['df -h'])
    await expect(carriedOut(plan, scene.world)).rejects.toMatchObject({
      code: 'SHELF_FULL',
      exitCode: 14,
    })
    expect(await scene.listed()).toEqual(scene.ids)
  })

  test('waits for nobody: under the lock of another run it ends', async () => {
    const scene = shelfScene(9)
    const plan = await pruning(scene, { daily: 7 })
    await scene.locks.take('medical', 'restore')
    await expect(carriedOut(plan, scene.world)).rejects.toMatchObject({
      code: 'TARGET_LOCKED',
      exitCode: 11,
    })
  })

  test('keeps a safety backup that an undo needs', async () => {
    const scene = shelfScene(3)
    const takenAt = '2026-10-01T00:00:00.000Z'
    const [needed, old] = ['medical-20261001T000000Z-safety', 'medical-20261001T000001Z-safety']
    for (const id of [needed, old]) scene.put(id, { takenAt, purpose: 'safety' })
    const receipt = {
      command: 'restore',
      target: 'medical',
      title: 'restore',
      startedAt: takenAt,
      actor: 'carla',
      host: 'db01',
      pid: 1,
      steps: [],
    }
    await scene.receipts.save({ ...receipt, id: 'r-1', state: 'done', safetyBackup: needed })
    await scene.receipts.save({ ...receipt, id: 'r-2', state: 'undone', safetyBackup: old })
    const { result } = await carriedOut(await pruning(scene, { daily: 7 }), scene.world)
    expect(result.removed).toEqual([old])
    const kept = result.verdicts.find(({ id }) => id === needed)
    expect(kept?.reasons).toEqual([{ rule: 'undo', says: 'ops undo r-1 needs it' }])
  })

  test('cut off half-way is no half-changed data: it hides no stopped service and no cut-off restore', async () => {
    const scene = shelfScene(9)
    await carriedOut(await pruning(scene, { daily: 7 }), scene.world)
    const [done] = scene.receipts.saves.slice(-1)
    if (!done) throw new Error('no receipt')
    const restore = {
      ...done,
      id: 'restore-1',
      command: 'restore',
      startedAt: '2026-11-20T00:00:00Z',
    }
    const { shelf, ...cutOff } = restore
    expect(shelf?.removed).toHaveLength(2)
    await scene.receipts.save({ ...cutOff, state: 'failed', stopped: ['api'] })
    expect(await stoppedBefore(medical, scene.world)).toEqual(['api'])
    await scene.receipts.save({ ...done, state: 'started' })
    scene.receipts.gone.add(done.id)
    expect(await unfinished(medical, scene.world)).toEqual([])
  })
})

describe('after a backup', () => {
  const backingUp = (scene: Scene, policy?: Partial<RetentionPolicy>) => {
    scene.server.collection('medical_records', 'healthcare_data', [{ _id: 1 }])
    const { policy: none, ...rest } = settings({})
    const retention = policy ? settings(policy) : rest
    expect(none).toBeDefined()
    return takeBackup.plan({ target: medical, compression, safety: false, retention }, scene.world)
  }

  test('the retention is applied, and can be taken back by its receipt only', async () => {
    const scene = shelfScene(9)
    const { result } = await carriedOut(await backingUp(scene, { daily: 7 }), scene.world)
    expect(await scene.listed()).toEqual([result.id, ...scene.ids.slice(1, 7)])
    await expect(undoing(scene)).rejects.toMatchObject({ code: 'NOTHING_TO_UNDO' })
    const [receipt] = await scene.receipts.list()
    await carriedOut(await undoing(scene, receipt?.id), scene.world)
    expect(await scene.listed()).toHaveLength(10)
  })

  test('without backup.retention nothing is removed', async () => {
    const scene = shelfScene(9)
    await carriedOut(await backingUp(scene), scene.world)
    expect(await scene.listed()).toHaveLength(10)
  })

  test('what it refuses makes the run partial; the backup is good and nothing is removed', async () => {
    const scene = shelfScene(40)
    await expect(
      carriedOut(await backingUp(scene, { daily: 7 }), scene.world),
    ).rejects.toMatchObject({
      kind: 'partial',
      exitCode: 3,
      code: 'PRUNE_TOO_MANY',
      message: expect.stringContaining('is done and good, but') as string,
    })
    expect(await scene.listed()).toHaveLength(41)
    expect(scene.locks.held.size).toBe(0)
  })
})

describe('deleting by name', () => {
  const deleting = (scene: Scene, ids: readonly string[], acceptLastGood = false) =>
    deleteBackups.plan(
      { target: medical, ids, acceptLastGood, neededBy: () => () => [] },
      scene.world,
    )

  test('moves what was named to the trash, once, and can be taken back', async () => {
    const scene = shelfScene(3)
    const [, named = ''] = scene.ids
    const { result } = await carriedOut(await deleting(scene, [named, named]), scene.world)
    expect(result.removed).toEqual([named])
    expect(await scene.listed()).toHaveLength(2)
    const { warnings } = await carriedOut(await undoing(scene), scene.world)
    expect(warnings).toEqual([])
    expect(await scene.listed()).toEqual(scene.ids)
  })

  test('leaves no target without a good backup unless that was accepted', async () => {
    const scene = shelfScene(2)
    scene.put('medical-20200101T000000Z', { takenAt: '2020-01-01T00:00:00.000Z', trust: 'damaged' })
    await expect(deleting(scene, scene.ids)).rejects.toMatchObject({
      code: 'LAST_GOOD_BACKUP',
      exitCode: 6,
    })
    await carriedOut(await deleting(scene, scene.ids, true), scene.world)
    expect(await scene.listed()).toEqual(['medical-20200101T000000Z'])
  })

  test('does not take away what something else needs', async () => {
    const scene = shelfScene(2)
    const [, base = ''] = scene.ids
    const neededBy = () => (id: string) => (id === base ? ['12 slices of its oplog'] : [])
    await expect(
      deleteBackups.plan(
        { target: medical, ids: [base], acceptLastGood: true, neededBy },
        scene.world,
      ),
    ).rejects.toMatchObject({ code: 'BACKUP_NEEDED', exitCode: 6 })
  })

  test('does not know what is not there', async () => {
    const scene = shelfScene(1)
    await expect(deleting(scene, ['medical-20200101T000000Z'])).rejects.toMatchObject({
      code: 'BACKUP_NOT_FOUND',
    })
  })

  test('says which undo is lost with a safety backup', async () => {
    const scene = shelfScene(2)
    const id = scene.put('medical-20261001T000000Z-safety', { purpose: 'safety' })
    await scene.receipts.save({
      id: 'restore-1',
      command: 'restore',
      target: 'medical',
      title: 'restore',
      startedAt: '2026-10-01T00:00:00.000Z',
      state: 'done',
      actor: 'carla',
      host: 'db01',
      pid: 1,
      steps: [],
      safetyBackup: id,
    })
    expect((await deleting(scene, [id])).loses).toEqual([
      `"ops undo restore-1" cannot be done without ${id}`,
    ])
  })
})
