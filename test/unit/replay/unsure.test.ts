import { Long, Timestamp } from 'bson'
import { describe, expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.js'
import { lackOfStandalone } from '../../../src/domain/keptWrites.js'
import { decideKeeping, keepingFact } from '../../../src/procedures/discarded/keeping.js'
import { compression, medical } from '../../fakes/world.js'
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

const command = (o: object) => ({ op: 'c', ns: 'medical_records.$cmd', o })
const part = (applyOps: object[], more: object, prevOpTime?: object) => ({
  ...{ op: 'c', ns: 'admin.$cmd', o: { applyOps, ...more } },
  ...{ lsid: { id: 1 }, txnNumber: Long.ONE },
  ...(prevOpTime ? { prevOpTime } : {}),
})

describe('what is not known is not played back', () => {
  test('onto documents that somebody writes to while they are read', async () => {
    const scene = await writtenSince([set(1, { a: 1 }), set(2, { a: 1 })])
    await restored(scene)
    const { stored, oplog } = scene.server
    const read = stored.byId.bind(stored)
    stored.byId = (...asked) => {
      stored.byId = read
      oplog.write(set(1, { a: 'theirs' }))
      const there = [1, 2, 3].map((_id) => ({ _id, a: _id === 1 ? 'theirs' : 0 }))
      scene.server.collection('medical_records', 'visits', there)
      return read(...asked)
    }
    const { result } = await playedBack(scene)
    expect(result).toMatchObject({ conflicts: 1, documents: 1 })
    expect(visitsOf(scene)['1']).toEqual({ a: 'theirs' })
  })

  test('while no majority confirms what the primary has', async () => {
    const scene = await writtenSince([set(1, { a: 1 })])
    await restored(scene)
    const connect = scene.server.connect.bind(scene.server)
    scene.server.connect = async () => {
      const lastOptime = () => Promise.resolve({ seconds: 4_000_000_000, ordinal: 1 })
      return { ...(await connect()), lastOptime }
    }
    const world = { ...scene.world, clock: scene.clock }
    await expect(replayed({ ...scene, world })).rejects.toMatchObject({ code: 'REPLAY_UNKNOWN' })
    expect(visitsOf(scene)['1']).toEqual({ a: 0 })
  })

  test('where the backup may hold some of the writes already; the plan of the restore says so', async () => {
    const scene = await writtenSince([set(1, { a: 1 })])
    await restored(scene)
    const [manifest] = scene.keptWrites.manifests
    if (!manifest) throw new Error('writes are kept')
    scene.keptWrites.manifests[0] = { ...manifest, exact: false }
    for (const kept of [undefined, manifest.id])
      await expect(replayed(scene, kept === undefined ? {} : { kept })).rejects.toMatchObject({
        code: 'REPLAY_ELSEWHERE',
        kind: 'refused',
      })
    const fact = (exact: boolean) => {
      const point = { at: manifest.since, exact }
      const notes = { more: null, notCounted: null, among: [] }
      const discarded = { since: null, until: null, operations: 1, namespaces: {}, ...notes }
      const asked = { target: medical, isReplaced: () => true, replaced: manifest.replaced }
      const room = { free: 1e12, expected: 1, folder: '/shelf' }
      const question = {
        ...asked,
        point,
        discarded,
        wanted: true,
        compression,
        isSaved: true,
        room,
      }
      return keepingFact(decideKeeping(question, scene.world))[0]?.[1]
    }
    expect(fact(true)).toContain('ops pitr replay')
    expect(fact(false)).not.toContain('ops pitr replay')
  })

  test('where the server ran without its set, before the restore or since', async () => {
    const scene = await writtenSince([set(1, { a: 1 })])
    await restored(scene)
    const [manifest] = scene.keptWrites.manifests
    if (!manifest) throw new Error('writes are kept')
    scene.server.oplog.startsHidden = true
    await expect(replayed(scene)).rejects.toMatchObject({ code: 'REPLAY_UNKNOWN' })
    scene.server.oplog.startsHidden = false
    scene.keptWrites.manifests[0] = { ...manifest, lacks: [lackOfStandalone] }
    await expect(replayed(scene)).rejects.toMatchObject({ code: 'REPLAY_ELSEWHERE' })
    scene.keptWrites.manifests[0] = manifest
    expect((await playedBack(scene)).result).toMatchObject({ documents: 1 })
  })

  test('onto a collection that was dropped before it, unless somebody names the drop', async () => {
    const scene = await writtenSince([insert(4), command({ drop: 'visits' }), insert(5)])
    await restored(scene)
    const { result } = await playedBack(scene)
    expect(result).toMatchObject({ documents: 1, conflicts: 1 })
    expect(visitsOf(scene)).not.toHaveProperty('5')
    scene.server.oplog.write(insert(4))
    await playedBack(scene, { choice: { without: ['1'], withDeletions: false } })
    expect(visitsOf(scene)).toHaveProperty('5')
  })

  test.each([
    ['its database was dropped', [command({ drop: 'visits' }), command({ dropDatabase: 1 })]],
    [
      'it was replaced',
      [
        {
          ...command({ renameCollection: 'medical_records.new', to: visits, dropTarget: true }),
        },
      ],
    ],
    ['it was named so', [command({ renameCollection: 'medical_records.new', to: visits })]],
    ['its own was renamed', [command({ renameCollection: visits, to: 'medical_records.old' })]],
  ])('onto a collection after %s', async (_, entries) => {
    const scene = await writtenSince([...entries, set(1, { a: 1 })])
    await restored(scene)
    for (const narrow of [{}, { database: 'medical_records', collection: 'visits' }]) {
      const { result } = await playedBack(scene, narrow)
      expect(result).toMatchObject({ documents: 0, conflicts: 1 })
    }
  })

  test('of transactions whose beginning is not there, or that reach over what is chosen', async () => {
    const since = { ts: new Timestamp({ t: 1, i: 1 }), t: Long.ONE }
    const scene = await writtenSince([part([insert(4)], {}, since), insert(5)])
    await restored(scene)
    expect((await playedBack(scene)).result).toMatchObject({ documents: 1, conflicts: 1 })
    expect(Object.keys(visitsOf(scene))).toEqual(['1', '2', '3', '5'])
    const note = { op: 'i', ns: 'medical_records.notes', o: { _id: 1 } }
    const other = await writtenSince([part([insert(4), note], {}), insert(5)])
    await restored(other)
    const narrow = { database: 'medical_records', collection: 'visits' }
    expect((await playedBack(other, narrow)).result).toMatchObject({ documents: 1, conflicts: 1 })
    expect(visitsOf(other)).not.toHaveProperty('4')
  })

  test('of deletes in bursts, however many bursts there are', async () => {
    const bursts = Array.from({ length: 501 }, (_, at) => {
      const ns = `${visits}${at.toString()}`
      return part(
        Array.from({ length: 10 }, (__, id) => ({ ...remove(id), ns })),
        {},
      )
    })
    const scene = await writtenSince(bursts)
    await restored(scene)
    const { result } = await playedBack(scene)
    expect(result.outstanding).toHaveLength(501)
    expect(result.collections.every(({ leftOut }) => leftOut === 10)).toBe(true)
  }, 30_000)

  test('after another restore to the same moment that replaced less', async () => {
    const scene = await writtenSince([insert(4)])
    const { receipt } = await restored(scene)
    const [manifest] = scene.keptWrites.manifests
    if (!receipt?.keptWrites || !manifest) throw new Error('writes are kept')
    const elsewhere = { code: 'REPLAY_ELSEWHERE' }
    const id = 'medical-20261125T130204Z-zzzz'
    const replaced = { databases: ['medical_records'], collection: 'notes' }
    scene.keptWrites.manifests.push({ ...manifest, id, replaced })
    scene.clock.advance(60_000)
    const again = { ...receipt, id: `${receipt.id}z`, keptWrites: { ...receipt.keptWrites, id } }
    await scene.receipts.save({ ...receipt, state: 'failed' })
    await scene.receipts.save({ ...again, startedAt: '2026-11-25T13:02:04.000Z' })
    await expect(replayed(scene, { kept: manifest.id })).rejects.toMatchObject(elsewhere)
    scene.keptWrites.manifests[1] = { ...manifest, id }
    expect((await replayed(scene, { kept: manifest.id })).steps).not.toEqual([])
    await scene.receipts.save(receipt)
    await expect(replayed(scene, { kept: manifest.id })).rejects.toBeInstanceOf(Failure)
  })
})
