import { describe, expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.js'
import type { Acceptable } from '../../../src/domain/retention/alarm.js'
import type { RetentionPolicy } from '../../../src/domain/retention/policy.js'
import { undo } from '../../../src/procedures/restore/undo.js'
import { unfinished } from '../../../src/procedures/restore/unfinished.js'
import { prunePlace } from '../../../src/procedures/retention/prunePlace.js'
import { carriedOut, compression, medical } from '../../fakes/world.js'
import { gone, hospital, inPlace, placed, type Hospital } from './placeScene.js'

const { signal } = new AbortController()

const planning = (
  { world, usb }: Hospital,
  policy: Partial<RetentionPolicy>,
  accept: readonly Acceptable[] = [],
) =>
  prunePlace.plan(
    {
      target: medical,
      place: usb,
      retention: placed(policy),
      accept,
      signal,
      command: 'backup prune',
    },
    world,
  )
const pruning = async (
  scene: Hospital,
  policy: Partial<RetentionPolicy>,
  accept?: readonly Acceptable[],
) => carriedOut(await planning(scene, policy, accept), scene.world)

describe('pruning a place', () => {
  test('removes for good what its retention does not keep, and the shelf says so', async () => {
    const scene = hospital(9)
    const { result } = await pruning(scene, { daily: 7 })
    expect(result.removed).toEqual(scene.ids.slice(7).toReversed())
    expect(result.verdicts).toHaveLength(9)
    expect(inPlace(scene.usb)).toEqual(scene.ids.slice(0, 7))
    expect(inPlace(scene.offsite)).toEqual(scene.ids)
    expect(await scene.listed()).toEqual(scene.ids)
    expect(await scene.states(scene.ids[8])).toEqual(['offsite ok', 'usb removed'])
    expect(await scene.states(scene.ids[0])).toEqual(['usb ok', 'offsite ok'])
  })

  test('is not held up by a shelf that cannot be used: there may be none after a disaster', async () => {
    const scene = hospital(9)
    scene.shelf.sweep = () =>
      Promise.reject(new Failure('environment', 'SHELF_UNWRITABLE', 'it is not there', []))
    const { result } = await pruning(scene, { daily: 7 })
    expect(result.removed).toEqual(scene.ids.slice(7).toReversed())
  })

  test('judges what lies there, not what lies on the shelf', async () => {
    const scene = hospital(9)
    for (const id of scene.ids.slice(1, 6)) scene.usb.manifests.delete(id)
    const { result } = await pruning(scene, { last: 3 })
    expect(result.removed).toEqual(scene.ids.slice(8))
  })

  test('keeps a copy that a trial restore proved, though its manifest there does not know', async () => {
    const scene = hospital(9)
    const [proved = ''] = scene.ids.slice(8)
    await scene.shelf.judge(proved, 'restore-tested', scene.clock.now(), 'restored for a trial')
    const { result } = await pruning(scene, { daily: 7 })
    expect(result.removed).toEqual(scene.ids.slice(7, 8))
    expect(result.verdicts.at(-1)?.reasons[0]?.rule).toBe('last-restore-tested')
  })

  test('keeps a doubtful copy, and another backup that has the id of one of ours', async () => {
    const scene = hospital(9)
    const [failed = '', other = ''] = scene.ids.slice(7)
    const at = '2026-11-21T13:02:04.000Z'
    scene.note(failed, [{ to: 'usb', state: 'failed', at, because: 'it was cut off' }])
    const found = scene.usb.manifests.get(other)
    if (found) scene.usb.manifests.set(other, { ...found, sha256: 'another' })
    const { verdicts, removed } = (await pruning(scene, { daily: 7 })).result
    expect(removed).toEqual([])
    expect(verdicts.slice(7).map(({ reasons }) => reasons[0]?.says)).toEqual([
      'it is not known to be whole: it was cut off',
      'it is not known to be whole: the shelf has another backup with that id (its SHA-256 differs)',
    ])
  })

  test('removes nothing while the shelf has no good backup', async () => {
    const scene = hospital(9)
    scene.shelf.manifests.clear()
    expect((await planning(scene, { daily: 7 })).steps).toEqual([])
  })

  test('leaves the copies of other targets alone', async () => {
    const scene = hospital(9)
    const [first = ''] = scene.ids
    const found = scene.usb.manifests.get(first)
    const id = 'billing-20200101T000000Z'
    if (found) scene.usb.manifests.set(id, { ...found, id, target: 'billing' })
    await pruning(scene, { daily: 7 })
    expect(inPlace(scene.usb)).toContain(id)
  })

  test('goes on where a lock keeps one, says so, and the shelf still says that it is there', async () => {
    const scene = hospital(9)
    const [newer = '', locked = ''] = scene.ids.slice(7)
    scene.usb.locked.add(locked)
    const { result } = await pruning(scene, { daily: 7 })
    expect(result.refused).toMatchObject([
      { id: locked, because: expect.stringContaining('a lock forbids') as string },
    ])
    expect(result.removed).toEqual([newer])
    expect(await scene.states(locked)).toEqual(['usb ok', 'offsite ok'])
  })

  test('stops at the first one where the key may not remove anything, with a warning', async () => {
    const scene = hospital(9)
    const denied = new Failure('environment', 'COPY_DENIED', 'the key may not do that', ['look'])
    scene.usb.remove = () => Promise.reject(denied)
    const { result, warnings } = await pruning(scene, { daily: 7 })
    expect(result).toMatchObject({ removed: [], refused: [{ id: scene.ids[8] }] })
    expect(warnings).toEqual([expect.stringContaining('prune: false') as string])
    expect(await scene.states(scene.ids[8])).toEqual(['usb ok', 'offsite ok'])
  })

  test('claims no copy any more of which it is not known whether it went', async () => {
    const scene = hospital(9)
    const plan = await planning(scene, { daily: 7 })
    scene.usb.remove = () => Promise.reject(gone)
    await expect(carriedOut(plan, scene.world)).rejects.toMatchObject({ code: 'COPY_UNREACHABLE' })
    expect(await scene.states(scene.ids[8])).toEqual(['offsite ok', 'usb removed'])
  })

  test('ends what a run that was killed began, also where nothing else is to go', async () => {
    const scene = hospital(3)
    const [first = ''] = scene.ids
    scene.usb.manifests.delete(first)
    scene.usb.removing.set(first, 'medical')
    const { result } = await pruning(scene, { daily: 7 })
    expect(result.swept).toEqual([first])
    expect(scene.usb.files.has(first)).toBe(false)
    expect((await planning(scene, { daily: 7 })).steps).toEqual([])
  })

  test('has the guards of the shelf, with the same words to accept them', async () => {
    const scene = hospital(40)
    const failure = await planning(scene, { daily: 7 }).catch((error: unknown) => error)
    expect(failure).toMatchObject({
      code: 'PRUNE_TOO_MANY',
      message: expect.stringContaining('33 of 40') as string,
    })
    expect(inPlace(scene.usb)).toHaveLength(40)
    const { result } = await pruning(scene, { daily: 7 }, ['many'])
    expect(result.removed).toHaveLength(33)
  })

  test('remembers what it removed there: a jump of the clock before that has been accepted', async () => {
    const scene = hospital(9)
    await pruning(scene, { daily: 7 })
    const [receipt] = await scene.receipts.list()
    expect(receipt).toMatchObject({
      state: 'done',
      copies: { place: 'usb', removed: scene.ids.slice(7).toReversed() },
    })
  })

  test('cannot be taken back, and says why', async () => {
    const scene = hospital(9)
    await pruning(scene, { daily: 7 })
    const [receipt] = await scene.receipts.list()
    const request = { target: () => medical, safetyBackup: true, compression }
    await expect(undo.plan(request, scene.world)).rejects.toMatchObject({ code: 'NOTHING_TO_UNDO' })
    await expect(
      undo.plan({ ...request, receipt: receipt?.id ?? '' }, scene.world),
    ).rejects.toMatchObject({
      code: 'UNDO_IMPOSSIBLE',
      message: expect.stringContaining('a place has no trash') as string,
    })
  })

  test('that is killed leaves no data half changed', async () => {
    const scene = hospital(9)
    await pruning(scene, { daily: 7 })
    const [receipt] = await scene.receipts.list()
    if (receipt) await scene.receipts.save({ ...receipt, state: 'started', pid: 0 })
    expect(await unfinished(medical, scene.world)).toEqual([])
  })

  test('removes nothing that was not in the plan', async () => {
    const scene = hospital(9)
    const plan = await planning(scene, { daily: 7 })
    const extra = 'medical-20261112T120000Z'
    const [first = ''] = scene.ids
    const found = scene.usb.manifests.get(first)
    if (found)
      scene.usb.manifests.set(extra, {
        ...found,
        id: extra,
        takenAt: '2026-11-12T12:00:00.000Z',
        sequence: 0,
      })
    scene.usb.files.set(extra, Buffer.from('an archive'))
    await expect(carriedOut(plan, scene.world)).rejects.toMatchObject({ code: 'PLAN_STALE' })
    expect(inPlace(scene.usb)).toHaveLength(10)
  })
})
