import { Long } from 'bson'
import { describe, expect, test } from 'vitest'
import { readWrites } from '../../../src/procedures/replay/readWrites.js'
import { undo } from '../../../src/procedures/restore/undo.js'
import { carriedOut, compression, medical } from '../../fakes/world.js'
import {
  insert,
  playedBack,
  remove,
  replayed,
  restored,
  set,
  visits,
  visitsOf,
  writtenSince,
} from './scene.js'

const tenMore = Array.from({ length: 10 }, (_, at) => insert(at + 10))
const burst = [...tenMore, ...Array.from({ length: 10 }, (_, at) => remove(at + 10))]

describe('what a restore discarded is played back', () => {
  test('without deletes in bursts, and once more nothing changes', async () => {
    const scene = await writtenSince([insert(4), set(1, { a: 1 }), remove(2), ...burst])
    await restored(scene)
    expect(visitsOf(scene)).toEqual({ '1': { a: 0 }, '2': { a: 0 }, '3': { a: 0 } })
    const { result, receipt } = await playedBack(scene)
    const all = Object.fromEntries(Array.from({ length: 10 }, (_, at) => [String(at + 10), {}]))
    const after = { '1': { a: 1 }, '3': { a: 0 }, '4': {}, ...all }
    expect(visitsOf(scene)).toEqual(after)
    expect(result).toMatchObject({ documents: 13, proved: 13, conflicts: 0, left: [] })
    expect(result.outstanding).toEqual([
      { number: 1, words: `10 documents deleted from ${visits}`, isPlayed: false },
    ])
    expect(result.collections).toEqual([
      {
        namespace: visits,
        ...{ inserts: 11, updates: 1, deletes: 1 },
        ...{ alreadyThere: 0, leftOut: 10, conflicts: [] },
      },
    ])
    expect(receipt?.replayed?.kept).toBe(result.kept)
    // What it wrote is in the oplog of a server.
    for (const entry of [insert(4), set(1, { a: 1 }), remove(2), ...tenMore])
      scene.server.oplog.write(entry)
    const again = await replayed(scene)
    expect(again.steps).toEqual([])
    const { result: second } = await carriedOut(again, scene.world)
    expect(second).toMatchObject({ documents: 0, conflicts: 0, receipt: null })
    expect(second.collections[0]).toMatchObject({ alreadyThere: 13, leftOut: 10 })
    expect(visitsOf(scene)).toEqual(after)
  })

  test('with them where they are asked for, without what is not wanted', async () => {
    const scene = await writtenSince([set(1, { a: 1 }), ...burst])
    await restored(scene)
    const withDeletions = { without: [], withDeletions: true }
    const plan = await replayed(scene, { choice: withDeletions })
    expect(plan.facts).toContainEqual([
      'Stands out',
      `1  10 documents deleted from ${visits}: PLAYED BACK`,
    ])
    const { result } = await playedBack(scene, { choice: { without: ['1'], withDeletions: true } })
    expect(result.outstanding[0]?.isPlayed).toBe(false)
    const narrow = { without: [visits], withDeletions: false }
    expect((await replayed(scene, { choice: narrow })).steps).toEqual([])
    for (const without of [['7'], ['other.things']])
      await expect(
        replayed(scene, { choice: { without, withDeletions: false } }),
      ).rejects.toMatchObject({ code: 'REPLAY_CHOICE' })
    await expect(replayed(scene, { collection: 'visits' })).rejects.toMatchObject({
      code: 'REPLAY_CHOICE',
    })
    expect((await replayed(scene, { database: 'other' })).steps).toEqual([])
  })

  test('never over what somebody wrote since, nor what is different', async () => {
    const scene = await writtenSince([set(1, { a: 1 }), insert(4, { b: 1 }), insert(5)])
    await restored(scene)
    scene.server.oplog.write(set(1, { a: 'theirs' }))
    scene.server.oplog.write(insert(4, { b: 'theirs' }))
    scene.server.collection('medical_records', 'visits', [
      { _id: 1, a: 'theirs' },
      { _id: 4, b: 'theirs' },
    ])
    const { result } = await playedBack(scene)
    expect(result).toMatchObject({ conflicts: 2, documents: 1 })
    expect(visitsOf(scene)).toEqual({ '1': { a: 'theirs' }, '4': { b: 'theirs' }, '5': {} })
  })

  test('nor over what is written while it runs, and those of a transaction stay together', async () => {
    const lsid = { id: 1 }
    const applyOps = [insert(4), insert(5)]
    const together = {
      ...{ op: 'c', ns: 'admin.$cmd', o: { applyOps } },
      ...{ lsid, txnNumber: Long.ONE },
    }
    const scene = await writtenSince([together, insert(6)])
    await restored(scene)
    const plan = await replayed(scene)
    scene.server.collection('medical_records', 'visits', [{ _id: 5, theirs: true }])
    const { result } = await carriedOut(plan, scene.world)
    expect(visitsOf(scene)).toEqual({ '5': { theirs: true }, '6': {} })
    expect(result).toMatchObject({ documents: 1, conflicts: 2, refused: [] })
    expect(result.collections[0]?.conflicts.map(({ because }) => because)).toEqual([
      'another write of its transaction does not fit',
      'it was written to after the plan was made',
    ])
  })

  test('and "ops undo" brings back what was there before it', async () => {
    const scene = await writtenSince([set(1, { a: 1 })])
    await restored(scene)
    const { result } = await playedBack(scene)
    expect(result.safetyBackup).not.toBeNull()
    const request = { target: () => medical, safetyBackup: false, compression }
    await carriedOut(await undo.plan(request, scene.world), scene.world)
    expect(visitsOf(scene)['1']).toEqual({ a: 0 })
  })

  test('commands are told of, and what is made with options is left out until it is there', async () => {
    const command = (o: object) => ({ op: 'c', ns: 'medical_records.$cmd', o })
    const scene = await writtenSince([
      command({ create: 'ring', capped: true, size: 4096 }),
      { op: 'i', ns: 'medical_records.ring', o: { _id: 1 } },
      insert(4),
      command({ drop: 'visits' }),
    ])
    await restored(scene)
    const { result } = await playedBack(scene)
    expect(result.left).toEqual([
      'medical_records.ring: it was made with options: make it first, as it was',
      `${visits}: 1 drop: commands are not played back`,
    ])
    expect(result.outstanding[0]).toMatchObject({ isPlayed: false })
    expect(visitsOf(scene)).toHaveProperty('4')
    scene.server.collection('medical_records', 'ring', [])
    const again = await replayed(scene)
    expect(again.title).toContain('1 document changes')
  })
})

describe('nothing is played back', () => {
  test('of more writes than are held in memory', async () => {
    const scene = await writtenSince([insert(4), insert(5)])
    await restored(scene)
    const [manifest] = scene.keptWrites.manifests
    if (!manifest) throw new Error('writes are kept')
    const { signal } = new AbortController()
    for (const most of [
      { bytes: 100, writes: 9 },
      { bytes: 1e6, writes: 1 },
    ]) {
      const wanted = { isWanted: () => true, most }
      const reading = readWrites(manifest, wanted, medical, scene.world, signal)
      await expect(reading).rejects.toMatchObject({ code: 'REPLAY_TOO_LARGE', kind: 'refused' })
    }
  })

  test('of a file that is damaged', async () => {
    const scene = await writtenSince([insert(4)])
    await restored(scene)
    const [[name, file] = []] = [...scene.keptWrites.files]
    if (name === undefined || !file) throw new Error('a file')
    const turned = Buffer.from(file)
    turned[30] = (turned[30] ?? 0) ^ 1
    for (const bytes of [turned, file.subarray(0, 40)]) {
      scene.keptWrites.files.set(name, bytes)
      await expect(replayed(scene)).rejects.toMatchObject({
        code: 'KEPT_WRITES_DAMAGED',
        kind: 'integrity',
      })
    }
  })

  test('of a file that is not there, or of another target', async () => {
    const scene = await writtenSince([insert(4)])
    await expect(replayed(scene)).rejects.toMatchObject({ code: 'KEPT_WRITES_NOT_FOUND' })
    const { receipt } = await restored(scene)
    const [manifest] = scene.keptWrites.manifests
    if (!manifest || !receipt) throw new Error('writes are kept')
    for (const kept of [receipt.id, manifest.id, `/anywhere/${manifest.file}`])
      expect((await replayed(scene, { kept })).title).toContain(manifest.id)
    const kept = 'medical-20261121T130204Z-zzzz'
    await expect(replayed(scene, { kept })).rejects.toMatchObject({ kind: 'not-found' })
    scene.keptWrites.manifests[0] = { ...manifest, target: 'other' }
    await expect(replayed(scene)).rejects.toMatchObject({ code: 'REPLAY_ELSEWHERE' })
  })

  test('onto a server that is not what that restore made of it', async () => {
    const scene = await writtenSince([insert(4)])
    const { receipt } = await restored(scene)
    if (!receipt) throw new Error('a receipt')
    const elsewhere = { code: 'REPLAY_ELSEWHERE', kind: 'refused' }
    const unmarked = { id: receipt.keptWrites?.id ?? '' }
    await scene.receipts.save({ ...receipt, keptWrites: unmarked })
    await expect(replayed(scene)).rejects.toMatchObject(elsewhere)
    await scene.receipts.save({ ...receipt, state: 'undone' })
    await expect(replayed(scene)).rejects.toMatchObject(elsewhere)
    await scene.receipts.save(receipt)
    await restored(scene, { keepDiscarded: false })
    await expect(replayed(scene)).rejects.toMatchObject(elsewhere)
  })

  test('where the oplog does not tell any more what was written since', async () => {
    const scene = await writtenSince([insert(4)])
    await restored(scene)
    scene.server.oplog.write()
    scene.server.oplog.write()
    scene.server.oplog.forget(3)
    await expect(replayed(scene)).rejects.toMatchObject({ code: 'REPLAY_UNKNOWN' })
  })
})
