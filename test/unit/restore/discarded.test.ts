import { describe, expect, test } from 'vitest'
import { discardedLines, type Discarded } from '../../../src/domain/discarded.js'
import { restorePointOf } from '../../../src/domain/restorePoint.js'
import { countDiscarded } from '../../../src/procedures/discarded/countDiscarded.js'
import { isReplacedBy } from '../../../src/procedures/discarded/replaced.js'
import { takeBackup } from '../../../src/procedures/backup/takeBackup.js'
import { restore } from '../../../src/procedures/restore/restore.js'
import { carriedOut, compression, fakeWorld, medical } from '../../fakes/world.js'
import { disasterInTime, planned } from '../moment/scene.js'
import { request } from './scene.js'

const visits = 'medical_records.visits'
const insert = { op: 'i', ns: visits, o: { _id: 1 } }
const update = { op: 'u', ns: visits, o: { $v: 2 }, o2: { _id: 1 } }
const drop = { op: 'c', ns: 'medical_records.$cmd', o: { drop: 'visits' } }
const isReplaced = isReplacedBy({ databases: ['medical_records'] })

/** A server with an oplog and a backup, after which so many things were written. */
async function writtenSince(...entries: readonly object[]) {
  const scene = fakeWorld()
  const { server, world } = scene
  server.collection('medical_records', 'visits', [{ _id: 1 }])
  server.oplog.write()
  const { result } = await carriedOut(
    await takeBackup.plan({ target: medical, compression, safety: false }, world),
    world,
  )
  for (const entry of entries) server.oplog.write(entry)
  const at = result.oplog?.last
  if (!at) throw new Error('a backup with its oplog')
  const session = await server.connect()
  const point = { at, exact: true, entry: result.oplog.lastEntry ?? '' }
  const count = (limits?: { seconds: number; entries: number }) =>
    countDiscarded({ target: medical, point, isReplaced }, session, world, limits)
  return { ...scene, at, point, session, count }
}

describe('what a restore would discard', () => {
  test('is counted from the entry after the backup on, collection by collection', async () => {
    const { count } = await writtenSince(insert, insert, update, drop, { ...insert, ns: 'other.x' })
    const found = await count()
    expect(found).toMatchObject({ operations: 4, more: null, notCounted: null, among: [] })
    expect(found.namespaces).toEqual({
      [visits]: { inserts: 2, updates: 1, deletes: 0, commands: { drop: 1 } },
    })
  })

  test('is shown in the plan, and is in it for scripts', async () => {
    const { world } = await writtenSince(insert, update)
    const plan = await restore.plan(request, world)
    expect(plan.loses).toContain(`${visits}: 1 insert, 1 update`)
    expect(plan.discarded).toMatchObject({ operations: 2, notCounted: null })
  })

  test('of a restore to a moment begins after that moment, wherever slices have it', async () => {
    const scene = await disasterInTime(undefined, [insert, insert])
    scene.server.oplog.write(update)
    const before = scene.server.oplog.entriesHeld[0]?.point.at
    const time = `${(before?.seconds ?? 0).toString()}:1`
    // The oplog has lost what came right after that moment: slices have it.
    await scene.slice()
    scene.server.oplog.forget(3)
    const plan = await planned(scene, { time })
    expect(plan.discarded).toMatchObject({
      operations: 3,
      namespaces: { [visits]: { inserts: 2, updates: 1 } },
    })
    await plan.release?.()
  })

  test('is nothing where nothing was written, and no copy beside discards anything', async () => {
    const { world, count } = await writtenSince()
    expect(discardedLines(await count())).toEqual([
      'that is nothing: no such write is in the oplog',
    ])
    const copy = await restore.plan({ ...request, choice: { into: 'free' } }, world)
    expect(copy.discarded).toBeUndefined()
  })

  test('ends after so many entries, and says that there may be more', async () => {
    const { count } = await writtenSince(insert, insert, insert)
    const found = await count({ seconds: 10, entries: 2 })
    expect(found).toMatchObject({ operations: 2, more: 'the first 2 entries were read' })
    expect(discardedLines(found)[0]).toMatch(/^more than 2 operations, counted up to 20.*Z \(the/)
  })

  test('is read where the server does not count, to the same result', async () => {
    const applyOps = [insert, { ...insert, ns: 'other.x' }]
    const whole = { op: 'c', ns: 'admin.$cmd', o: { applyOps } }
    const scene = await writtenSince(insert, whole, update, drop)
    const counted = await scene.count()
    expect(counted.operations).toBe(4)
    expect(scene.server.oplog.reads).not.toEqual([])
    scene.server.oplog.countsNot = 'refused'
    expect(await scene.count()).toEqual(counted)
    expect(await scene.count({ seconds: 10, entries: 2 })).toMatchObject({ operations: 2 })
  })

  test('ends after so many seconds, with what was read until then', async () => {
    const { count, server, clock } = await writtenSince(insert, insert, insert)
    server.oplog.countsNot = 'refused'
    server.oplog.during = () => {
      clock.advance(6_000)
    }
    const found = await count({ seconds: 10, entries: 9 })
    expect(found).toMatchObject({ operations: 1, more: '10 s were not enough to read on' })
  })

  test('ends after so many seconds, with what the server had counted until then', async () => {
    const { count, server } = await writtenSince(...Array.from({ length: 2_001 }, () => insert))
    // What is asked while it counts is answered; the next question is not.
    server.oplog.during = () => {
      server.oplog.countsNot = 'late'
    }
    const found = await count({ seconds: 10, entries: 9_000 })
    expect(found).toMatchObject({ operations: 2_000, more: '10 s were not enough to read on' })
  })

  test('is not told where entries left the oplog before they were counted', async () => {
    const { count, server } = await writtenSince(insert, insert, insert)
    server.oplog.during = () => {
      server.oplog.forget(1)
    }
    expect((await count()).notCounted).toContain('left the oplog')
  })

  test('names the restores whose writes are among them', async () => {
    const scene = await writtenSince(insert)
    const { receipt } = await carriedOut(await restore.plan(request, scene.world), scene.world)
    if (!receipt) throw new Error('a restore has a receipt')
    // The clock of the fakes stands earlier than the oplog's.
    expect((await scene.count()).among).toEqual([])
    await scene.receipts.save({ ...receipt, startedAt: '2030-01-01T00:00:00Z' })
    expect((await scene.count()).among).toEqual([
      `what "${receipt.title}" of 2030-01-01T00:00:00Z wrote`,
    ])
  })
})

describe('what cannot be counted says why', () => {
  test('may be more where this user may not see whether the server ran without its set', async () => {
    const { count, server } = await writtenSince(insert)
    server.oplog.startsHidden = true
    const more = 'whether the server ran without its set is hidden from this user'
    expect(await count()).toMatchObject({ operations: 1, notCounted: null, more })
  })

  test('a standalone keeps no oplog', async () => {
    const { count, server } = await writtenSince(insert)
    server.oplog.standalone = true
    expect(await count()).toMatchObject({
      operations: 0,
      notCounted: 'the server is a standalone, which keeps no oplog',
    })
  })

  test('an oplog that has gone on too far, with no slices before it', async () => {
    const { count, server } = await writtenSince(insert, insert)
    server.oplog.forget(2)
    expect((await count()).notCounted).toContain('no slices go on to it from before')
  })

  test('a backup of another history', async () => {
    const { session, world, at } = await writtenSince(insert)
    const point = { at, exact: true, entry: 'f00d' }
    const found = await countDiscarded({ target: medical, point, isReplaced }, session, world)
    expect(found.notCounted).toContain('not in the history of this server')
    expect(discardedLines(found)).toEqual([
      expect.stringContaining('could not be counted: what the backup is of'),
    ])
  })

  test('an archive that says nothing of its time', async () => {
    const { session, world } = await writtenSince()
    const asked = { target: medical, point: undefined, isReplaced }
    expect(await countDiscarded(asked, session, world)).toMatchObject({
      since: null,
      notCounted: 'the archive does not say when it was taken',
    })
  })

  test('a server that does not answer', async () => {
    const { world, point } = await writtenSince()
    const asked = { target: medical, point, isReplaced }
    expect(await countDiscarded(asked, undefined, world)).toMatchObject({
      notCounted: 'the server does not answer',
    })
  })

  test('what the server refuses', async () => {
    const { session, world, point } = await writtenSince()
    const oplog = Object.assign(Object.create(session.oplog) as typeof session.oplog, {
      window: () => Promise.reject(new Error('gone')),
    })
    const asked = { target: medical, point, isReplaced }
    expect((await countDiscarded(asked, { oplog }, world)).notCounted).toBe('Error: gone')
  })
})

test('a backup is of its last entry, or of the second in which it was begun', () => {
  expect(restorePointOf({})).toBeUndefined()
  const last = { seconds: 5, ordinal: 1 }
  const oplog = { last, entries: 1, bytes: 1, writes: {} }
  expect(restorePointOf({ oplog })).toEqual({ at: last, exact: true })
  const manifest = { takenAt: '1970-01-01T00:00:07.900Z' }
  expect(restorePointOf({ manifest })).toEqual({ at: { seconds: 7, ordinal: 0 }, exact: false })
  const consistentAt = '1970-01-01T00:00:09Z'
  expect(restorePointOf({ manifest: { ...manifest, consistentAt } })?.at.seconds).toBe(9)
})

test('what a restore replaces is its databases, or its one collection with its buckets', () => {
  expect(isReplaced('medical_records')).toBe(true)
  expect(isReplaced('medical_records.system.buckets.readings')).toBe(true)
  expect(isReplaced('medical_records.tmp.agg_out.1')).toBe(false)
  expect(isReplaced('other.visits')).toBe(false)
  const one = isReplacedBy({ databases: ['medical_records'], collection: 'readings' })
  expect(one('medical_records.system.buckets.readings')).toBe(true)
  expect(one('medical_records.visits')).toBe(false)
})

test('of many collections those that lose most are named', () => {
  const writes = (inserts: number) => ({ inserts, updates: 0, deletes: 0, commands: {} })
  const namespaces = Object.fromEntries(
    Array.from({ length: 14 }, (_, at) => [`ward.c${at.toString()}`, writes(at + 1)]),
  )
  const discarded: Discarded = {
    since: '2026-11-21T13:00:00.000Z',
    until: '2026-11-21T14:00:00.000Z',
    operations: 105,
    namespaces,
    more: null,
    notCounted: null,
    among: ['what "restore medical" wrote'],
  }
  const lines = discardedLines(discarded)
  expect(lines[0]).toBe('105 operations, counted up to 2026-11-21T14:00:00.000Z')
  expect(lines[1]).toBe('ward.c13: 14 inserts')
  expect(lines.slice(-2)).toEqual([
    '2 other collections: 3 operations together',
    'among them what "restore medical" wrote',
  ])
})
