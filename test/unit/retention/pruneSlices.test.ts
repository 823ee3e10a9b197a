import { describe, expect, test } from 'vitest'
import { neededBySlices } from '../../../src/procedures/oplog/needed.js'
import { sliceStatus } from '../../../src/procedures/oplog/status.js'
import { undo } from '../../../src/procedures/restore/undo.js'
import { prune } from '../../../src/procedures/retention/prune.js'
import { backupPruneScreen } from '../../../src/report/backupPrune.js'
import { carriedOut, compression, medical } from '../../fakes/world.js'
import { sliceScene } from '../oplog/scene.js'
import { settings } from './scene.js'

/** An hour of slices, a minute each, and a base every ten minutes. What is wanted are the last 15 minutes. */
async function scene() {
  const all = sliceScene()
  const { oplog, base, slice, slices, shelf, clock, world } = all
  const ids: string[] = []
  for (let minute = 0; minute < 60; minute++) {
    const entry = oplog.write(undefined, 60)
    if (minute % 10 === 0)
      ids.push(base(entry, new Date(entry.point.at.seconds * 1000).toISOString()))
    await slice()
  }
  const now = (oplog.entriesHeld.at(-1)?.point.at.seconds ?? 0) * 1000
  clock.advance(now - clock.now().getTime())
  const sliceSeconds = 15 * 60
  const retention = {
    ...settings({ last: 1 }),
    sliceSeconds,
    neededBy: () =>
      neededBySlices({ shelf, slices }, new Date(clock.now().getTime() - sliceSeconds * 1000)),
  }
  const pruning = (emptyTrash = false) =>
    prune.plan(
      {
        target: medical,
        retention,
        accept: ['many', 'clock', 'shrunk'],
        emptyTrash,
        command: 'backup prune',
      },
      world,
    )
  const reached = async () =>
    (await sliceStatus(medical, 60, world, new AbortController().signal)).reaches.map(
      ({ from, to }) => [from.optime, to.optime],
    )
  return { ...all, ids, pruning, reached }
}

describe('slices of bases that go', () => {
  test('go with them, are told in the plan, and every time that is wanted stays reachable', async () => {
    const { pruning, world, slices, reached, clock } = await scene()
    const plan = await pruning()
    expect(plan.facts.find(([name]) => name === 'Slices')?.[1]).toMatch(/^40 of the oplog/)
    const before = await reached()
    const { result } = await carriedOut(plan, world)
    expect(result.slices).toMatchObject({ removed: 40, erased: 0 })
    expect([slices.trashed.length, slices.manifests.length]).toEqual([40, 19])
    const [[from, to] = []] = await reached()
    expect(to).toBe(before.at(-1)?.[1])
    const wanted = clock.now().getTime() / 1000 - 15 * 60
    expect(Number(from?.split(':')[0])).toBeLessThanOrEqual(wanted)
    const canvas = { color: false, terminal: true, columns: 80, now: clock.now() }
    const shown = { dryRun: false, targets: [{ ...result, places: [] }] }
    expect(backupPruneScreen(shown, canvas)).toContain('40 slices of the oplog with them')
  })

  test('come back with them', async () => {
    const { pruning, world, slices, reached } = await scene()
    const before = await reached()
    await carriedOut(await pruning(), world)
    const request = { target: () => medical, safetyBackup: true, compression }
    await carriedOut(await undo.plan(request, world), world)
    expect([slices.trashed.length, slices.manifests.length]).toEqual([0, 59])
    expect(await reached()).toEqual(before)
  })

  test('are deleted for good when they have been in the trash for their time, or it is emptied', async () => {
    const first = await scene()
    await carriedOut(await first.pruning(), first.world)
    const moved = new Set(first.slices.trashed.map(({ manifest }) => manifest.id))
    first.clock.advance(8 * 86_400_000)
    const { result } = await carriedOut(await first.pruning(), first.world)
    expect(result.slices.erased).toBe(40)
    expect(first.slices.trashed.filter(({ manifest }) => moved.has(manifest.id))).toEqual([])
    const second = await scene()
    const done = await carriedOut(await second.pruning(true), second.world)
    expect(done.result.slices).toMatchObject({ removed: 40, erased: 40 })
    expect(second.slices.trashed).toEqual([])
  })

  test('stay where a paper of the slices cannot be read', async () => {
    const { pruning, world, slices } = await scene()
    slices.unreadable.push({ file: 'x.json', reason: 'EACCES' })
    await carriedOut(await pruning(), world)
    expect(slices.trashed).toEqual([])
  })

  test('stay while slices are being taken for longer than anybody waits: the rest is pruned', async () => {
    const { pruning, world, slices, locks } = await scene()
    const plan = await pruning()
    await locks.take('medical.oplog', 'pitr start')
    const awake = { ...world.clock, sleep: () => Promise.resolve() }
    Object.assign(world, { clock: awake })
    const { result, warnings } = await carriedOut(plan, world)
    expect([result.removed.length, result.slices.removed, slices.trashed.length]).toEqual([4, 0, 0])
    expect(warnings.join()).toContain('the slices of the oplog stay until the next prune')
  })

  test('stay where no base goes', async () => {
    const { pruning, world, slices } = await scene()
    await carriedOut(await pruning(), world)
    expect((await pruning()).steps).toEqual([])
    expect(slices.trashed).toHaveLength(40)
  })

  test('stay in the trash with a backup that is held back there', async () => {
    const { pruning, world, slices, shelf } = await scene()
    await carriedOut(await pruning(), world)
    for (const [id, manifest] of shelf.manifests)
      shelf.manifests.set(id, { ...manifest, trust: 'damaged' })
    const trashed = slices.trashed.length
    const { result } = await carriedOut(await pruning(true), world)
    expect(result.erased).toEqual([])
    expect(result.slices.erased).toBe(0)
    expect(slices.trashed).toHaveLength(trashed)
  })

  test('come back where moving them breaks off', async () => {
    const { pruning, world, slices, reached } = await scene()
    const before = await reached()
    const plan = await pruning()
    const remove = slices.remove.bind(slices)
    slices.remove = async (ids, removal) => {
      await remove(ids.slice(0, 7), removal)
      throw new Error('EIO: i/o error')
    }
    await expect(carriedOut(plan, world)).rejects.toThrow('EIO')
    expect(slices.trashed).toEqual([])
    expect(await reached()).toEqual(before)
  })
})
