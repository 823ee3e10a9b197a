import { describe, expect, test } from 'vitest'
import { sliceStatus } from '../../../src/procedures/oplog/status.js'
import { Failure } from '../../../src/domain/failure.js'
import { pitrSliceScreen } from '../../../src/report/pitr.js'
import { pitrStatusScreen } from '../../../src/report/pitrStatus.js'
import { medical } from '../../fakes/world.js'
import { sliceScene } from './scene.js'

const insert = (at: number) => ({ op: 'i', ns: 'medical_records.patients', o: { _id: at } })

async function scene() {
  const all = sliceScene()
  const { oplog, base, clock, world } = all
  oplog.whole = true
  const id = base(oplog.write())
  oplog.write(insert(1))
  await all.slice()
  const last = () => (oplog.entriesHeld.at(-1)?.point.at.seconds ?? 0) * 1000
  const status = async (target = medical) => {
    const looked = await sliceStatus(target, 60, world, new AbortController().signal)
    return { ...looked, ids: looked.findings.map((finding) => finding.id) }
  }
  /** Moves the clock so that the last slice ended so many seconds ago. */
  const behind = (seconds: number) => {
    clock.advance(last() + seconds * 1000 - clock.now().getTime())
  }
  behind(10)
  return { ...all, id, status, behind }
}

describe('the status', () => {
  test('tells what can be reached, and how far behind the slices are', async () => {
    const { status, id } = await scene()
    expect(await status()).toMatchObject({
      verdict: 'ok',
      lagSeconds: 10,
      reaches: [{ timeline: 1, bases: [{ id }], slices: 1, refused: [] }],
      gaps: [],
      oplog: { state: 'seen' },
    })
  })

  test('fails where the base of the newest slices is damaged, or one of them is gone', async () => {
    const { status, slice, shelf, oplog, slices, clock, id } = await scene()
    oplog.write(insert(2))
    await slice()
    const [first] = slices.manifests
    const file = slices.files.get(first?.file ?? '')
    slices.files.delete(first?.file ?? '')
    expect((await status()).ids).toEqual(expect.arrayContaining(['pitr.files', 'pitr.reach']))
    slices.files.set(first?.file ?? '', file ?? Buffer.alloc(0))
    expect((await status()).ids).not.toContain('pitr.reach')
    await shelf.judge(id, 'damaged', clock.now(), 'a checksum is wrong')
    expect((await status()).ids).toContain('pitr.reach')
  })

  test('slices are late after three rounds', async () => {
    const { status, behind } = await scene()
    behind(180)
    expect((await status()).verdict).toBe('ok')
    behind(181)
    expect(await status()).toMatchObject({ verdict: 'fail', ids: ['pitr.lag'] })
  })

  test('says before the next slice that the timeline cannot go on, and after it why it ended', async () => {
    const { status, oplog, slice } = await scene()
    oplog.write()
    oplog.write()
    oplog.forget(3)
    expect((await status()).ids).toContain('pitr.continuity')
    await slice()
    const after = await status()
    expect(after.ids).toEqual(expect.arrayContaining(['pitr.base', 'pitr.gap']))
    expect(after.gaps).toMatchObject([{ timeline: 1, reason: 'overflow' }])
    expect(after.gaps[0]?.until).toBeUndefined()
  })

  test('a user who may not see how the server was started is told what is not known then', async () => {
    const { status, oplog } = await scene()
    oplog.startsHidden = true
    expect(await status()).toMatchObject({ verdict: 'warn', ids: ['pitr.starts'] })
  })

  test('a small oplog is warned of, unless nothing has left it yet', async () => {
    const { status, oplog } = await scene()
    oplog.whole = false
    expect(await status()).toMatchObject({ verdict: 'warn', ids: ['pitr.window'] })
  })

  test('an operation that will be refused fails until there is a base after it, and is told with its times', async () => {
    const { status, oplog, slice, base, behind, clock } = await scene()
    const { at } = oplog.write({ op: 'c', ns: 'a.$cmd', o: { importCollection: 'b' } }).point
    await slice()
    behind(5)
    const asked = await status()
    expect(asked).toMatchObject({ verdict: 'fail', ids: ['pitr.operation'] })
    const what = 'the command importCollection on a.b'
    const from = { optime: `${at.seconds.toString()}:1` }
    expect(asked.reaches[0]?.refused).toMatchObject([{ from, what }])
    expect(asked.reaches[0]?.refused[0]?.until).toBeUndefined()
    base(oplog.write())
    expect((await status()).ids).toEqual([])
    await slice()
    behind(5)
    const after = await status()
    expect(after.reaches[0]?.refused).toMatchObject([
      { from, until: after.reaches[0]?.bases[1]?.at },
    ])
    const canvas = { color: false, terminal: true, columns: 60, now: clock.now() }
    expect(pitrStatusScreen(after, canvas)).toMatch(
      /Cannot be restored: from .*Z until the backup of .*Z: the command/,
    )
  })

  test('a slice whose file is gone ends what can be reached', async () => {
    const { status, slices } = await scene()
    slices.files.clear()
    const found = await status()
    expect(found.ids).toEqual(['pitr.files', 'pitr.reach'])
    expect(found.reaches).toMatchObject([{ slices: 0 }])
  })

  test('a server that does not answer keeps the rest from nobody', async () => {
    const { status, world, server } = await scene()
    const unreachable = new Failure('environment', 'MONGO_UNREACHABLE', 'no answer', ['ops doctor'])
    Object.assign(world.mongo, { connect: () => Promise.reject(unreachable) })
    expect(await status()).toMatchObject({
      verdict: 'warn',
      oplog: { state: 'not seen', because: 'no answer' },
      reaches: [{ slices: 1 }],
    })
    expect(server.oplog.reads).toHaveLength(1)
  })

  test('a standalone, and recovery that is off', async () => {
    const { status, oplog } = await scene()
    oplog.standalone = true
    expect((await status()).ids).toEqual(['pitr.oplog'])
    expect((await status({ ...medical, pointInTime: false })).ids).toContain('pitr.enabled')
  })

  test('nothing at all yet', async () => {
    const { world, oplog } = sliceScene()
    oplog.write()
    const looked = await sliceStatus(medical, 60, world, new AbortController().signal)
    expect(looked.findings.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['pitr.base', 'pitr.lag']),
    )
    expect(looked.lagSeconds).toBeUndefined()
  })
})

describe('a base that no slice follows yet', () => {
  test.each([
    ['was taken just now: the first slice is not due', 180, []],
    ['is old: the first slice is late', 181, ['pitr.lag']],
  ])('%s', async (_what, seconds, ids) => {
    const { oplog, base, clock, world } = sliceScene()
    oplog.whole = true
    base(oplog.write())
    const last = (oplog.entriesHeld.at(-1)?.point.at.seconds ?? 0) * 1000
    clock.advance(last + seconds * 1000 - clock.now().getTime())
    const looked = await sliceStatus(medical, 60, world, new AbortController().signal)
    expect(looked.findings.map(({ id }) => id)).toEqual(ids)
    expect(looked.lagSeconds).toBeUndefined()
  })

  test('is not excused by a younger base', async () => {
    const { oplog, base, clock, world } = sliceScene()
    oplog.whole = true
    base(oplog.write())
    base(oplog.write(insert(1), 600))
    const last = (oplog.entriesHeld.at(-1)?.point.at.seconds ?? 0) * 1000
    clock.advance(last + 10_000 - clock.now().getTime())
    const looked = await sliceStatus(medical, 60, world, new AbortController().signal)
    expect(looked.findings.map(({ id }) => id)).toEqual(['pitr.lag'])
  })
})

describe('the screens', () => {
  const canvas = { color: false, terminal: true, columns: 60 }

  test('draw bases, slices and gaps on one line', async () => {
    const { status, oplog, slice, base, clock, behind } = await scene()
    oplog.write(undefined, 600)
    await slice()
    oplog.write()
    oplog.forget(4)
    oplog.write(undefined, 300)
    base(oplog.write())
    oplog.write(undefined, 600)
    await slice()
    behind(0)
    const text = pitrStatusScreen(await status(), { ...canvas, now: clock.now() })
    const [picture = ''] = text
      .split('\n')
      .filter((line) => line.includes('━') && !line.includes('slices'))
    expect(picture.trim()).toMatch(/^●━+┥·+●━+▶$/)
    expect(text).toContain('overflow')
    expect(text).toContain('Lag')
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(160)
  })

  test('a pipe gets tables and no picture', async () => {
    const { status, clock } = await scene()
    const text = pitrStatusScreen(await status(), { ...canvas, terminal: false, now: clock.now() })
    expect(text).not.toContain('━')
    expect(text).toContain('Timeline\tFrom\tTo\tBases\tSlices\tSize')
  })

  test('a slice in a line', async () => {
    const { oplog, slice, clock } = await scene()
    oplog.write(insert(2))
    const at = { ...canvas, now: clock.now() }
    expect(pitrSliceScreen(await slice(), at)).toMatch(/^Slice {2}timeline 1 to .*Z, 1 s, 1 entry/)
    expect(pitrSliceScreen(await slice(), at)).toContain('nothing new')
  })
})
