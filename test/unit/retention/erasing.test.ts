import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.js'
import type { RetentionPolicy } from '../../../src/domain/retention/policy.js'
import { isGood, trustLevels } from '../../../src/domain/trust.js'
import { takeBackup } from '../../../src/procedures/backup/takeBackup.js'
import { carriedOut, compression, medical } from '../../fakes/world.js'
import { pruning, settings, shelfScene } from './scene.js'
import { day } from './series.js'

type Scene = ReturnType<typeof shelfScene>

const run = async (...given: Parameters<typeof pruning>) =>
  (await carriedOut(await pruning(...given), given[0].world)).result

const trashed = async (scene: Scene) => (await scene.shelf.trash()).map(({ id }) => id).sort()

const judge = (scene: Scene, ids: readonly string[], trust: (typeof trustLevels)[number]) =>
  Promise.all(ids.map((id) => scene.shelf.judge(id, trust, scene.clock.now(), 'read again')))

/** Takes a backup and applies the retention to what is there then. */
async function backUp(scene: Scene, policy: Partial<RetentionPolicy>) {
  scene.server.collection('medical_records', 'healthcare_data', [{ _id: 1 }])
  const retention = settings(policy)
  const request = { target: medical, compression, safety: false, retention }
  return carriedOut(await takeBackup.plan(request, scene.world), scene.world)
}

describe('what is deleted for good', () => {
  test('is nothing that the shelf has no good one of any more, however long its time is over', async () => {
    const scene = shelfScene(9)
    const { removed } = await run(scene, { daily: 7 })
    await judge(scene, await scene.listed(), 'damaged')
    scene.clock.advance(10 * day)
    for (const emptyTrash of [false, true]) {
      const result = await run(scene, { daily: 7 }, ['clock', 'many'], emptyTrash)
      expect(result).toMatchObject({ erased: [] })
      expect([...result.heldBack].sort()).toEqual([...removed].sort())
    }
    expect(await trashed(scene)).toEqual([...removed].sort())
    await judge(scene, scene.ids.slice(0, 1), 'sound')
    const { erased, heldBack } = await run(scene, { daily: 7 }, ['clock', 'many'])
    expect([...erased].sort()).toEqual([...removed].sort())
    expect(heldBack).toEqual([])
  })

  test('is judged by content: archives do not stand in for copies of the data files', async () => {
    const scene = shelfScene(9)
    const copy = scene.put('medical-20261101T030000Z', {
      takenAt: '2026-11-01T03:00:00.000Z',
      content: 'dataFiles',
      file: 'medical-20261101T030000Z.datafiles.tar.gz',
    })
    await scene.shelf.remove([copy], { at: scene.clock.now(), command: 'backup delete' })
    scene.clock.advance(8 * day)
    expect(await run(scene, { daily: 30 }, ['clock'])).toMatchObject({
      erased: [],
      heldBack: [copy],
    })
    expect(await trashed(scene)).toEqual([copy])
  })

  test('is looked at once more at the last moment', async () => {
    const scene = shelfScene(9)
    const { removed } = await run(scene, { daily: 7 })
    scene.clock.advance(8 * day)
    const plan = await pruning(scene, { daily: 7 }, ['clock'])
    await judge(scene, await scene.listed(), 'damaged')
    const { result } = await carriedOut(plan, scene.world)
    expect(result.erased).toEqual([])
    expect(await trashed(scene)).toEqual([...removed].sort())
  })

  test('is what the plan named: what came into the trash since stays, also where it is to be emptied', async () => {
    const scene = shelfScene(9)
    const [, late = ''] = scene.ids
    const plan = await pruning(scene, { daily: 7 }, [], true)
    await scene.shelf.remove([late], { at: scene.clock.now(), command: 'backup delete' })
    const { result } = await carriedOut(plan, scene.world)
    expect(await trashed(scene)).toEqual([late])
    expect(result.erased).not.toContain(late)
    expect(result.erased.length).toBeGreaterThan(0)
  })

  test('is named in the receipt and in the answer, of a backup as well', async () => {
    const scene = shelfScene(9)
    const { removed } = await run(scene, { daily: 7 })
    scene.clock.advance(2.9 * day)
    await backUp(scene, { daily: 7 })
    for (let more = 0; more < 5; more++) {
      scene.clock.advance(day)
      const { result } = await backUp(scene, { daily: 7 })
      if (more < 4) expect(result.pruned).toMatchObject({ erased: [] })
      else expect([...(result.pruned?.erased ?? [])].sort()).toEqual([...removed].sort())
    }
    const [receipt] = await scene.receipts.list()
    expect([...(receipt?.shelf?.erased ?? [])].sort()).toEqual([...removed].sort())
  })
})

describe('a clock that jumps forward', () => {
  test('costs nothing where two backups are kept: the trash stays as it is, and nothing is moved', async () => {
    const scene = shelfScene(1)
    scene.clock.advance(day)
    for (let more = 0; more < 4; more++) {
      await backUp(scene, { last: 2 })
      scene.clock.advance(day)
    }
    const before = await trashed(scene)
    expect(before).toHaveLength(3)
    scene.clock.advance(45 * day)
    for (let more = 0; more < 6; more++) {
      await expect(backUp(scene, { last: 2 })).rejects.toMatchObject({
        code: 'PRUNE_CLOCK_JUMPED',
        exitCode: 3,
      })
      expect(await trashed(scene)).toEqual(before)
      scene.clock.advance(day)
    }
    expect((await scene.listed()).length).toBe(8)
    const { erased } = await run(scene, { last: 2 }, ['clock', 'many'])
    expect([...erased].sort()).toEqual(before)
    await backUp(scene, { last: 2 })
  })
})

describe('a backup that shrank', () => {
  const shrink = (scene: Scene, at: number) =>
    scene.put(`medical-20261121T13020${at.toString()}Z`, {
      takenAt: `2026-11-21T13:02:0${at.toString()}.000Z`,
      sequence: 40 + at,
      rawBytes: 1,
    })

  test('is asked about until somebody accepts it, then no more, and again when that is taken back', async () => {
    const scene = shelfScene(3)
    for (let at = 0; at < 4; at++) {
      shrink(scene, at)
      await expect(pruning(scene, { last: 2 })).rejects.toMatchObject({ code: 'PRUNE_SHRUNK' })
    }
    expect(await scene.listed()).toHaveLength(7)
    const { receipt } = await run(scene, { last: 2 }, ['shrunk'])
    expect(await scene.listed()).toHaveLength(2)
    const written = await scene.receipts.read(receipt ?? '')
    expect(written?.shelf?.accepted).toMatchObject([
      { accept: 'shrunk', about: { id: 'medical-20261121T130203Z', rawBytes: 1 } },
    ])
    shrink(scene, 4)
    expect((await run(scene, { last: 2 })).removed).toHaveLength(1)
    if (!written) throw new Error('no receipt')
    await scene.shelf.bringBack(scene.ids)
    await scene.receipts.save({ ...written, state: 'undone' })
    await expect(pruning(scene, { last: 2 })).rejects.toMatchObject({ code: 'PRUNE_SHRUNK' })
  })
})

/** One run after something has happened: time went by, a new backup, what a later reading found. */
const event = fc.record({
  hours: fc.integer({ min: -20, max: 24 * 20 }),
  allDamaged: fc.boolean(),
  added: fc.option(fc.constantFrom(...trustLevels, 'sound' as const), { nil: undefined, freq: 1 }),
  found: fc.array(fc.tuple(fc.nat({ max: 30 }), fc.constantFrom(...trustLevels)), { maxLength: 4 }),
  emptyTrash: fc.boolean(),
})

const policy = fc.record({
  last: fc.nat({ max: 3 }),
  daily: fc.nat({ max: 3 }),
  monthly: fc.nat({ max: 2 }),
})

test('no run ever leaves shelf and trash without a good backup where there was one, whatever a later reading finds', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(event, { minLength: 1, maxLength: 8 }),
      policy,
      async (events, kept) => {
        const scene = shelfScene(3)
        const good = () =>
          [
            ...scene.shelf.manifests.values(),
            ...[...scene.shelf.trashed.values()].map((one) => one.manifest),
          ].filter(({ purpose, trust }) => purpose === 'backup' && isGood(trust)).length
        for (const [at, { hours, added, allDamaged, found, emptyTrash }] of events.entries()) {
          scene.clock.advance(hours * 3_600_000)
          const takenAt = scene.clock.now().toISOString()
          if (added !== undefined)
            scene.put(`medical-20300101T0000${at.toString().padStart(2, '0')}Z`, {
              takenAt,
              sequence: 100 + at,
              trust: added,
            })
          const listed = await scene.listed()
          if (allDamaged) await judge(scene, listed, 'damaged')
          for (const [which, trust] of found)
            await judge(scene, listed.slice(which, which + 1), trust)
          const before = good()
          try {
            await run(scene, kept, ['clock', 'many', 'shrunk'], emptyTrash)
          } catch (error) {
            if (!(error instanceof Failure)) throw error
          }
          if (before > 0 && good() === 0) return false
        }
        return true
      },
    ),
    { numRuns: 60, seed: 20_261_121 },
  )
})
