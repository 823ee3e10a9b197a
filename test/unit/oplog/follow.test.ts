import { expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.js'
import {
  followOplog,
  type FollowEvent,
  type Follower,
} from '../../../src/procedures/oplog/follow.js'
import type { TakenSlices } from '../../../src/procedures/oplog/takeSlices.js'
import { fakeClock } from '../../fakes/clock.js'

const nothing: TakenSlices = { target: 'medical', slices: [], bases: [] }
const down = new Failure('environment', 'MONGO_UNREACHABLE', 'no answer', ['ops doctor'])

/** A follower whose rounds go as told, and which is stopped behind the last of them. */
async function followed(rounds: readonly (TakenSlices | Error)[], changes: Partial<Follower> = {}) {
  const clock = fakeClock()
  const events: FollowEvent[] = []
  const slept: number[] = []
  const stop = new AbortController()
  let round = 0
  const result = await followOplog({
    slice: () => {
      const next = rounds[round]
      round += 1
      if (round >= rounds.length) stop.abort(new Error('SIGTERM'))
      return next instanceof Error ? Promise.reject(next) : Promise.resolve(next ?? nothing)
    },
    takeBase: () => Promise.resolve('medical-20261121T130204Z'),
    everySeconds: 60,
    clock: {
      elapsed: () => clock.elapsed(),
      sleep: (milliseconds, signal) => {
        if (signal?.aborted !== true) slept.push(milliseconds)
        return clock.sleep(milliseconds, signal)
      },
    },
    signal: stop.signal,
    tell: (event) => events.push(event),
    ...changes,
  })
  return { result, events, slept, kinds: events.map(({ kind }) => kind) }
}

test('a slice every so often, and an end after the one under way', async () => {
  const { slept, kinds, result } = await followed([nothing, nothing, nothing])
  expect(slept).toEqual([60_000, 60_000])
  expect(kinds).toEqual(['sliced', 'sliced', 'sliced'])
  expect(result).toEqual({ slices: 0, entries: 0, bases: 0, gaps: 0 })
})

test('a server that is away is told of once, and tried ever more slowly, but not slower than slices come', async () => {
  const away = Array.from({ length: 9 }, () => down)
  const { slept, kinds, events } = await followed([nothing, ...away, nothing, nothing])
  expect(slept).toEqual([
    60_000, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000, 60_000,
  ])
  expect(kinds).toEqual(['sliced', 'trouble', 'sliced', 'recovered', 'sliced'])
  expect(events[3]).toMatchObject({ after: 243 })
})

test('another trouble is told of too', async () => {
  const full = new Failure('space', 'SHELF_FULL', 'no space', ['df -h'])
  const { kinds } = await followed([down, down, full, nothing])
  expect(kinds).toEqual(['trouble', 'trouble', 'sliced', 'recovered'])
})

test('what can never work ends it at the start, and only there', async () => {
  const standalone = new Failure('refused', 'NO_REPLICA_SET', 'a standalone', ['ops doctor'])
  await expect(followed([standalone, nothing])).rejects.toBe(standalone)
  expect((await followed([nothing, standalone, nothing])).kinds).toContain('recovered')
})

test('a mistake of ours ends it: whoever started it starts it again', async () => {
  const mistake = new TypeError('x is not a function')
  await expect(followed([nothing, mistake, nothing])).rejects.toBe(mistake)
})

test('a base is taken as soon as one is needed, and the next slice follows at once', async () => {
  const { slept, kinds, result } = await followed([
    { ...nothing, baseNeeded: { why: 'no base' } },
    nothing,
    nothing,
  ])
  expect(kinds).toEqual(['sliced', 'base begun', 'base taken', 'sliced', 'sliced'])
  expect(slept).toEqual([60_000])
  expect(result.bases).toBe(1)
})

test('a base that cannot be taken now is tried again, and slices go on', async () => {
  const locked = new Failure('locked', 'TARGET_LOCKED', 'a restore holds it', ['ps'])
  let tries = 0
  const needs: TakenSlices = { ...nothing, baseNeeded: { why: 'no base' } }
  const { kinds, result } = await followed([needs, needs, nothing], {
    takeBase: () => {
      tries += 1
      return tries === 1 ? Promise.reject(locked) : Promise.resolve('id')
    },
  })
  expect(kinds.filter((kind) => kind === 'trouble')).toHaveLength(1)
  expect(result.bases).toBe(1)
})
