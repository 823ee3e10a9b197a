import { describe, expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.js'
import { copyBackups, requireCopied } from '../../../src/procedures/copies/copyBackups.js'
import { bringSlices } from '../../../src/procedures/copies/bringSlices.js'
import { followOplog, type FollowEvent } from '../../../src/procedures/oplog/follow.js'
import { backupCopyScreen } from '../../../src/report/backupCopy.js'
import { FakePlace } from '../../fakes/copyPlace.js'
import { fakeClock } from '../../fakes/clock.js'
import { carriedOut, medical } from '../../fakes/world.js'
import { sliceScene } from '../oplog/scene.js'

const full = new Failure('space', 'COPY_FULL', 'no space is left for /mnt/usb', ['df -h'])

/** Two bases with slices behind each; the place has a copy of those that are told. */
async function scene(copied: readonly number[]) {
  const all = sliceScene()
  const { oplog, base, slice, shelf } = all
  const place = new FakePlace('usb')
  const world = { ...all.world, copies: [place] }
  const ids: string[] = []
  for (let row = 0; row < 2; row++) {
    ids.push(base(oplog.write()))
    for (let at = 0; at < 3; at++) {
      oplog.write()
      await slice()
    }
  }
  for (const at of copied) {
    const copies = [{ to: 'usb', state: 'ok' as const, at: '2026-11-21T13:02:04.000Z' }]
    await shelf.annotate(ids[at] ?? '', { copies })
  }
  const bring = () => bringSlices(medical, place, world, new AbortController().signal)
  return { ...all, world, place, ids, bring }
}

const names = (place: FakePlace) => [...place.sliceFiles.keys()]

describe('slices that are brought to a place', () => {
  test('are those behind the backups whose copies it has, each file before its manifest, with the notes of the timeline', async () => {
    const { place, bring, slices, ids } = await scene([1])
    const wanted = slices.manifests.slice(3)
    expect(await bring()).toMatchObject({ copied: 3, there: 0 })
    expect(names(place)).toEqual([
      ...ids.map((id) => `medical/${id}.base.json`),
      ...wanted.flatMap(({ id, file }) => [`medical/${file}`, `medical/${id}.json`]),
    ])
    for (const { file } of wanted)
      expect(place.sliceFiles.get(`medical/${file}`)).toEqual(slices.files.get(file))
    expect(await bring()).toMatchObject({ copied: 0, there: 3 })
  })

  test('are none where it has no backup, all from the oldest one on where it has', async () => {
    const none = await scene([])
    expect(await none.bring()).toMatchObject({ copied: 0 })
    expect(names(none.place)).toEqual([])
    const both = await scene([0, 1])
    expect(await both.bring()).toMatchObject({ copied: 6 })
  })

  test('are brought anew where one is cut off there', async () => {
    const { place, bring, slices } = await scene([0])
    await bring()
    const { file = '' } = slices.manifests[1] ?? {}
    place.sliceFiles.set(`medical/${file}`, Buffer.from('half'))
    expect(await bring()).toMatchObject({ copied: 1, there: 5 })
    expect(place.sliceFiles.get(`medical/${file}`)).toEqual(slices.files.get(file))
  })

  test('are not passed on where one is damaged on the shelf', async () => {
    const { bring, slices, place } = await scene([0])
    const { file = '', bytes = 0, id = '' } = slices.manifests[0] ?? {}
    slices.files.set(file, Buffer.alloc(bytes))
    await expect(bring()).rejects.toMatchObject({ code: 'COPY_SOURCE_CHANGED' })
    expect(names(place)).not.toContain(`medical/${id}.json`)
    expect(slices.damages.has(id)).toBe(true)
    expect(names(place).filter((name) => name.endsWith('.oplog.gz'))).toHaveLength(5)
    expect(await bring()).toMatchObject({ copied: 0 })
  })

  test('come with `backup copy`; a place that fails leaves it partly done, and the shelf as it is', async () => {
    const { world, place, slices, shelf } = await scene([0, 1])
    const wanted = (await shelf.list()).map((entry) => ({ target: medical, entry }))
    const before = [...slices.files]
    const plan = await copyBackups.plan({ wanted, verify: false }, world)
    expect(plan.steps.map(({ title }) => title)).toContain('Copy the slices of medical to usb')
    place.bringSlice = () => Promise.reject(full)
    const failed = (await carriedOut(plan, world)).result
    expect(failed.slices).toMatchObject([{ to: 'usb', state: 'failed', because: full.message }])
    expect(() => requireCopied(failed)).toThrow('the slices of medical were not copied to usb')
    expect([...slices.files]).toEqual(before)
  })

  test('are told of', async () => {
    const { world, shelf } = await scene([0, 1])
    const wanted = (await shelf.list()).map((entry) => ({ target: medical, entry }))
    const { result } = await carriedOut(
      await copyBackups.plan({ wanted, verify: false }, world),
      world,
    )
    expect(requireCopied(result).slices).toMatchObject([{ state: 'copied', copied: 6 }])
    const canvas = { color: false, terminal: true, columns: 80, now: new Date() }
    expect(backupCopyScreen(result, canvas)).toContain('slices of medical  usb  copied')
  })
})

test('the follower brings slices as they come; a place that fails is told of once, and holds up nobody', async () => {
  const clock = fakeClock()
  const stop = new AbortController()
  const events: FollowEvent[] = []
  let rounds = 0
  let brought = 0
  await followOplog({
    slice: () => {
      rounds += 1
      if (rounds === 8) stop.abort(new Error('SIGTERM'))
      return Promise.resolve({ target: 'medical', slices: [], bases: [] })
    },
    takeBase: () => Promise.reject(new Error('none is needed')),
    places: [
      {
        name: 'usb',
        bring: () => {
          brought += 1
          return brought < 4 ? Promise.reject(full) : Promise.resolve()
        },
      },
      {
        name: 'hung',
        bring: () =>
          new Promise((done) => {
            stop.signal.addEventListener('abort', done)
          }),
      },
    ],
    everySeconds: 60,
    clock,
    signal: stop.signal,
    tell: (event) => events.push(event),
  })
  expect([rounds, brought]).toEqual([8, 4])
  const told = events.filter(({ kind }) => kind !== 'sliced')
  expect(told).toEqual([
    { kind: 'copy failed', place: 'usb', failure: full },
    { kind: 'copies go on', place: 'usb' },
  ])
})

test('a mistake of ours that keeps slices from a place is told, once, and ends nothing', async () => {
  const stop = new AbortController()
  const events: FollowEvent[] = []
  let rounds = 0
  let tries = 0
  await followOplog({
    slice: () => {
      rounds += 1
      if (rounds === 6) stop.abort(new Error('SIGTERM'))
      return Promise.resolve({ target: 'medical', slices: [], bases: [] })
    },
    takeBase: () => Promise.reject(new Error('none is needed')),
    places: [
      {
        name: 'usb',
        bring: () => {
          tries += 1
          return Promise.reject(new TypeError('x is not a function'))
        },
      },
    ],
    everySeconds: 60,
    clock: fakeClock(),
    signal: stop.signal,
    tell: (event) => events.push(event),
  })
  expect(rounds).toBe(6)
  expect(tries).toBeGreaterThan(1)
  const told = events.filter(({ kind }) => kind !== 'sliced')
  expect(told).toMatchObject([
    { kind: 'copy failed', place: 'usb', failure: { kind: 'failed', code: 'BUG' } },
  ])
  expect(JSON.stringify(told.map((each) => 'failure' in each && each.failure.message))).toContain(
    'TypeError: x is not a function',
  )
})
