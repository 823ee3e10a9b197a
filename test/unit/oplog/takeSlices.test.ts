import { Long } from 'bson'
import { describe, expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.js'
import { takeSlices } from '../../../src/procedures/oplog/takeSlices.js'
import { compression, medical } from '../../fakes/world.js'
import { wardKeys } from '../../fakes/keys.js'
import { sliceScene } from './scene.js'

const insert = (at: number) => ({ op: 'i', ns: 'medical_records.patients', o: { _id: at } })
const bytesOf = (entries: readonly { readonly bytes: Buffer }[]) =>
  Buffer.concat(entries.map(({ bytes }) => bytes))

describe('slices in a row', () => {
  test('begin behind the last entry of a base, and hold every entry once', async () => {
    const { oplog, base, slice, stored, slices } = sliceScene()
    oplog.write()
    const id = base(oplog.write())
    const first = [oplog.write(insert(1)), oplog.write(insert(2))]
    const taken = await slice()
    expect(taken).toMatchObject({ bases: [id], slices: [{ timeline: 1, count: 2 }] })
    expect(taken.gap).toBeUndefined()
    const second = [oplog.write(insert(3))]
    await slice()
    expect(stored()).toEqual(bytesOf([...first, ...second]))
    const [one, two] = slices.manifests
    expect(two).toMatchObject({ start: one?.end, previous: one?.sha256, count: 1 })
    expect(slices.open).toBe(0)
  })

  test('are none where nothing new was written', async () => {
    const { oplog, base, slice, slices } = sliceScene()
    base(oplog.write())
    expect(await slice()).toMatchObject({ slices: [], bases: [] })
    oplog.write()
    expect((await slice()).slices).toHaveLength(1)
    expect((await slice()).slices).toEqual([])
    expect(slices.manifests).toHaveLength(1)
  })

  test('are cut where they grow too large, and still follow on each other', async () => {
    const { oplog, base, slice, stored } = sliceScene()
    base(oplog.write())
    const entries = Array.from({ length: 10 }, (_, at) => oplog.write(insert(at)))
    const { slices } = await slice(200)
    expect(slices.length).toBeGreaterThan(2)
    expect(slices.slice(1).map(({ start }) => start)).toEqual(
      slices.slice(0, -1).map(({ end }) => end),
    )
    expect(stored()).toEqual(bytesOf(entries))
  })

  test('call for a base once none leads to them any more, and not before', async () => {
    const { oplog, base, slice, shelf, slices } = sliceScene()
    const id = base(oplog.write())
    oplog.write()
    expect((await slice()).baseNeeded).toBeUndefined()
    oplog.write()
    expect((await slice()).baseNeeded).toBeUndefined()
    await shelf.judge(id, 'damaged', new Date(), 'for a test')
    expect(await slice()).toMatchObject({ slices: [], baseNeeded: { why: 'not reached' } })
    base(oplog.write())
    oplog.write()
    expect((await slice()).baseNeeded).toBeUndefined()
    const [, second, third] = slices.manifests
    slices.files.delete(second?.file ?? '')
    expect((await slice()).baseNeeded).toBeUndefined()
    slices.files.delete(third?.file ?? '')
    oplog.write()
    expect((await slice()).baseNeeded).toEqual({ why: 'not reached' })
  })

  test('are tied to their base as soon as the first of them is there', async () => {
    const { oplog, base, slice, slices } = sliceScene()
    base(oplog.write())
    for (let at = 0; at < 10; at += 1) oplog.write(insert(at))
    const draft = slices.draft.bind(slices)
    let drafts = 0
    slices.draft = () => {
      drafts += 1
      return drafts < 2 ? draft() : Promise.reject(new Error('killed'))
    }
    await expect(slice(200)).rejects.toThrow('killed')
    expect(slices.manifests).toHaveLength(1)
    expect(slices.anchors).toHaveLength(1)
  })

  test('are encrypted where backups are', async () => {
    const { oplog, base, slice } = sliceScene(wardKeys)
    base(oplog.write())
    oplog.write()
    const [taken] = (await slice()).slices
    expect(taken?.file).toMatch(/\.oplog\.gz\.age$/)
    expect(taken).toMatchObject({ encrypted: true, recipients: wardKeys.recipients })
  })

  test('tie later bases to the timeline, those that were published late included', async () => {
    const { oplog, base, slice } = sliceScene()
    const first = base(oplog.write())
    const late = oplog.write()
    oplog.write()
    expect((await slice()).bases).toEqual([first])
    const second = base(late)
    oplog.write()
    expect((await slice()).bases).toEqual([second])
    oplog.write()
    expect((await slice()).bases).toEqual([])
  })
})

describe('what cannot be continued is never bridged', () => {
  async function followed() {
    const scene = sliceScene()
    scene.base(scene.oplog.write())
    scene.oplog.write()
    scene.oplog.write()
    await scene.slice()
    return scene
  }

  test('entries that left the oplog: overflow', async () => {
    const { oplog, slice, slices } = await followed()
    oplog.write()
    oplog.write()
    oplog.forget(4)
    const taken = await slice()
    expect(taken).toMatchObject({ gap: { timeline: 1, reason: 'overflow' }, slices: [] })
    expect(taken.baseNeeded).toMatchObject({ why: 'no base' })
    expect(slices.gaps).toHaveLength(1)
    expect((await slice()).gap).toBeUndefined()
  })

  test('the newest writes lost by the server: diverged', async () => {
    const { oplog, slice } = await followed()
    oplog.lose(1)
    oplog.write(insert(7), 5)
    expect(await slice()).toMatchObject({ gap: { reason: 'diverged' }, slices: [] })
  })

  test('another entry of the same optime: diverged', async () => {
    const { oplog, slice } = await followed()
    oplog.lose(1)
    oplog.write(insert(7), 0)
    oplog.write()
    expect(await slice()).toMatchObject({ gap: { reason: 'diverged' }, slices: [] })
  })

  test('a set that was initiated anew', async () => {
    const { oplog, slice } = await followed()
    oplog.set = 'beef'
    oplog.write()
    expect(await slice()).toMatchObject({ gap: { reason: 'other set' } })
  })

  test('a start without the set: what was written then is in no oplog, and a base from before begins nothing', async () => {
    const { oplog, slice, base } = await followed()
    const id = base(oplog.write())
    const { at } = oplog.write().point
    oplog.standaloneAt = new Date((at.seconds + 5) * 1000).toISOString()
    oplog.write(insert(8), 60)
    expect(await slice()).toMatchObject({
      gap: { reason: 'standalone' },
      slices: [],
      baseNeeded: { why: 'no base', unfit: { id, reason: 'standalone' } },
    })
    base(oplog.write())
    oplog.write()
    expect(await slice()).toMatchObject({ slices: [{ timeline: 2 }] })
    oplog.write()
    expect((await slice()).gap).toBeUndefined()
  })

  test('a restore into the server, and a base from before it begins nothing', async () => {
    const { oplog, slice, receipts, base, clock } = await followed()
    base(oplog.write(), clock.now().toISOString())
    clock.advance(1000)
    await receipts.save({
      id: 'r1',
      command: 'restore',
      target: 'medical',
      title: 'restore medical',
      startedAt: clock.now().toISOString(),
      finishedAt: clock.now().toISOString(),
      state: 'done',
      actor: 'root',
      host: 'db01',
      pid: 1,
      steps: [],
    })
    oplog.write()
    expect(await slice()).toMatchObject({
      gap: { reason: 'restored' },
      baseNeeded: { why: 'no base' },
    })
    clock.advance(1000)
    base(oplog.write(), clock.now().toISOString())
    oplog.write()
    expect(await slice()).toMatchObject({ slices: [{ timeline: 2 }] })
  })

  test('a base that left the oplog is named as the one that is of no use', async () => {
    const { oplog, slice, base } = await followed()
    const id = base(oplog.write())
    oplog.write()
    oplog.forget(5)
    oplog.write()
    oplog.write()
    oplog.forget(1)
    expect((await slice()).baseNeeded).toEqual({
      why: 'no base',
      unfit: { id, reason: 'expired' },
    })
  })

  test('a base that is there already begins the next timeline at once', async () => {
    const { oplog, slice, base } = await followed()
    oplog.forget(3)
    oplog.write()
    const id = base(oplog.write())
    oplog.write()
    expect(await slice()).toMatchObject({
      gap: { reason: 'overflow' },
      bases: [id],
      slices: [{ timeline: 2 }],
    })
  })

  test('an entry that goes away while it is read keeps nothing of the slice', async () => {
    const { oplog, slice, slices } = await followed()
    oplog.write()
    oplog.during = () => {
      oplog.forget(3)
    }
    await expect(slice()).rejects.toMatchObject({ code: 'OPLOG_MOVED', kind: 'failed' })
    expect(slices.manifests).toHaveLength(1)
    expect(slices.open).toBe(0)
  })

  test('an oplog that ends before its newest entry keeps nothing of the slice', async () => {
    const { oplog, slice, slices } = await followed()
    oplog.write()
    oplog.write()
    const last = oplog.entriesHeld.at(-1)
    oplog.during = (entry) => {
      if (entry === last) oplog.lose(1)
    }
    await expect(slice()).rejects.toMatchObject({ code: 'OPLOG_SHORT' })
    expect(slices.manifests).toHaveLength(1)
  })
})

describe('what a later restore must know', () => {
  const refused = { op: 'c', ns: 'medical_records.$cmd', o: { importCollection: 'a' } }
  const what = 'the command importCollection on medical_records.a'

  test('what will be refused is noted down, and called for until a base was begun after it', async () => {
    const { oplog, slice, base, slices } = sliceScene()
    base(oplog.write())
    const operation = { at: oplog.write(refused).point.at, what }
    expect(await slice()).toMatchObject({
      baseNeeded: { why: 'refused operation', operation },
      slices: [{ refusals: [operation] }],
    })
    oplog.write()
    expect((await slice()).baseNeeded).toMatchObject({ operation })
    expect(slices.manifests.at(-1)?.refusals).toBeUndefined()
    base(oplog.write())
    oplog.write()
    expect((await slice()).baseNeeded).toBeUndefined()
    expect((await slice()).baseNeeded).toBeUndefined()
  })

  test('a base between two of them in one slice is none for the second', async () => {
    const { oplog, slice, base } = sliceScene()
    base(oplog.write())
    oplog.write(refused)
    base(oplog.write())
    const operation = { at: oplog.write(refused).point.at, what }
    expect((await slice()).baseNeeded).toEqual({ why: 'refused operation', operation })
    base(oplog.write())
    oplog.write()
    expect((await slice()).baseNeeded).toBeUndefined()
  })

  test('a renaming, which the splice takes, calls for nothing', async () => {
    const { oplog, slice, base } = sliceScene()
    base(oplog.write())
    oplog.write({ op: 'c', ns: 'a.$cmd', o: { renameCollection: 'a.b', to: 'a.c' } })
    const taken = await slice()
    expect(taken.baseNeeded).toBeUndefined()
    expect(taken.slices[0]?.refusals).toBeUndefined()
  })

  test('a transaction open at the end of a slice is carried on until it ends', async () => {
    const { oplog, slice, base } = sliceScene()
    base(oplog.write())
    const session = { lsid: { id: 'one' }, txnNumber: Long.fromNumber(3) }
    const part = (o: object) => oplog.write({ op: 'c', ns: 'admin.$cmd', ...session, o })
    const begun = part({ applyOps: [insert(1)], partialTxn: true })
    const open = [{ since: begun.point.at }]
    expect((await slice()).slices).toMatchObject([{ openTransactions: open }])
    part({ applyOps: [insert(2)], partialTxn: true })
    expect((await slice()).slices).toMatchObject([{ openTransactions: open }])
    part({ applyOps: [insert(3)], count: Long.fromNumber(3) })
    expect((await slice()).slices).toMatchObject([{ openTransactions: [] }])
  })
})

describe('what is refused', () => {
  const context = { signal: new AbortController().signal, warn: () => undefined }

  test('a standalone, with the way out', async () => {
    const { oplog, slice } = sliceScene()
    oplog.standalone = true
    await expect(slice()).rejects.toMatchObject({ code: 'NO_REPLICA_SET', kind: 'refused' })
  })

  test('a target whose backups are no bases', async () => {
    const { world } = sliceScene()
    const target = { ...medical, pointInTime: false }
    const request = { target, compression, command: 'pitr slice' }
    await expect(takeSlices(request, world, context)).rejects.toMatchObject({
      code: 'POINT_IN_TIME_OFF',
      kind: 'usage',
    })
  })

  test('a second slicer, but not a slicer beside a backup', async () => {
    const { world, oplog, base, slice } = sliceScene()
    base(oplog.write())
    oplog.write()
    const backup = await world.locks.take('medical', 'backup')
    expect((await slice()).slices).toHaveLength(1)
    await backup.release()
    const other = await world.locks.take('medical.oplog', 'pitr slice')
    await expect(slice()).rejects.toMatchObject({ code: 'TARGET_LOCKED' })
    await other.release()
  })

  test('a full disk: nothing is left open, and the lock is free', async () => {
    const { oplog, base, slice, slices, locks } = sliceScene()
    base(oplog.write())
    oplog.write()
    slices.refuse = new Failure('space', 'SHELF_FULL', 'no space is left', ['df -h'])
    await expect(slice()).rejects.toMatchObject({ code: 'SHELF_FULL' })
    expect([slices.open, slices.manifests.length, locks.held.size]).toEqual([0, 0, 0])
  })
})
