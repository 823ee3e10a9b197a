import { expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.js'
import type { FollowEvent } from '../../../src/procedures/oplog/follow.js'
import { FollowerNotes } from '../../../src/procedures/oplog/followerNotes.js'
import { sliceStatus } from '../../../src/procedures/oplog/status.js'
import { pitrStatusScreen } from '../../../src/report/pitrStatus.js'
import { medical } from '../../fakes/world.js'
import { sliceScene } from './scene.js'

const { signal } = new AbortController()
const half = new Failure('refused', 'LEFT_HALF', 'the data is half done', ['ops undo x'])
const down = new Failure('environment', 'MONGO_UNREACHABLE', 'nobody answers', ['ops doctor'])
const full = new Failure('space', 'COPY_FULL', 'no space is left', ['df -h'])
const needed = { target: 'medical', slices: [], bases: [], baseNeeded: { why: 'no base' as const } }

test('why a follower stands still is in the status until it passes', async () => {
  const { world, slices, clock } = sliceScene()
  const notes = new FollowerNotes(slices, world)
  await notes.begin()
  const about = async (...events: readonly FollowEvent[]) => {
    for (const event of events) notes.hear(event)
    await new Promise((done) => setImmediate(done))
    const { follower } = await sliceStatus(medical, 60, world, signal)
    return follower?.troubles.map((one) => `${one.about} ${one.code}`)
  }
  expect(await about()).toEqual([])
  const began = clock.now().toISOString()
  expect(
    await about(
      { kind: 'base begun', taken: needed },
      { kind: 'base failed', failure: half, seconds: 60 },
      { kind: 'trouble', failure: down, seconds: 1 },
      { kind: 'copy failed', place: 'usb', failure: full },
    ),
  ).toEqual(['base LEFT_HALF', 'slices MONGO_UNREACHABLE', 'copies to usb COPY_FULL'])
  clock.advance(60_000)
  await about(
    { kind: 'base failed', failure: half, seconds: 120 },
    { kind: 'sliced', taken: needed },
  )
  const status = await sliceStatus(medical, 60, world, signal)
  expect(status.follower?.troubles[0]).toMatchObject({ about: 'base', since: began })
  expect(status.findings.filter(({ id }) => id === 'pitr.follower')).toMatchObject([
    { severity: 'fail', because: 'LEFT_HALF: the data is half done' },
    { severity: 'fail' },
    { severity: 'warn' },
  ])
  const canvas = { color: false, terminal: true, columns: 80, now: clock.now() }
  expect(pitrStatusScreen(status, canvas)).toContain('LEFT_HALF: the data is half done')
  expect(
    await about(
      { kind: 'recovered', after: 3 },
      { kind: 'copies go on', place: 'usb' },
      { kind: 'sliced', taken: { target: 'medical', slices: [], bases: [] } },
    ),
  ).toEqual([])
  expect(await about({ kind: 'base unfit', unfit: { id: 'b', reason: 'ahead' } })).toEqual([
    'base BASE_UNFIT',
  ])
  await notes.end()
  expect((await sliceStatus(medical, 60, world, signal)).follower).toBeNull()
})

test('a disk that takes no note holds up nobody', async () => {
  const { world, slices } = sliceScene()
  slices.refuse = new Error('EIO')
  const notes = new FollowerNotes(slices, world)
  await notes.begin()
  notes.hear({ kind: 'trouble', failure: down, seconds: 1 })
  await expect(notes.end()).resolves.toBeUndefined()
})
