import { describe, expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.js'
import {
  followOplog,
  type FollowEvent,
  type Follower,
} from '../../../src/procedures/oplog/follow.js'
import type { UnfitReason } from '../../../src/domain/oplog/unfit.js'
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

const needed: TakenSlices = { ...nothing, baseNeeded: { why: 'no base' } }
const unfit = (id: string, reason: UnfitReason): TakenSlices => ({
  ...nothing,
  baseNeeded: { why: 'no base', unfit: { id, reason } },
})

/** A day in the life of a follower whose rounds answer as the hour says. */
async function lived(
  answer: (hours: number, bases: number) => TakenSlices,
  takeBase: (clock: { advance(milliseconds: number): void }) => Promise<string>,
  hours = 24,
) {
  const clock = fakeClock()
  const events: FollowEvent[] = []
  const stop = new AbortController()
  const begun: number[] = []
  let bases = 0
  const result = await followOplog({
    slice: () => {
      const now = clock.elapsed() / 3600_000
      if (now >= hours) stop.abort(new Error('SIGTERM'))
      return Promise.resolve(answer(now, bases))
    },
    takeBase: async () => {
      begun.push(clock.elapsed() / 1000)
      const id = await takeBase(clock)
      bases += 1
      return id
    },
    everySeconds: 60,
    clock,
    signal: stop.signal,
    tell: (event) => events.push(event),
  })
  return { result, events, begun, kinds: events.map(({ kind }) => kind) }
}

describe('a base', () => {
  test('is taken as soon as one is needed, and the next slice follows at once', async () => {
    const { slept, kinds, result } = await followed([needed, nothing, nothing])
    expect(kinds).toEqual(['sliced', 'base begun', 'base taken', 'sliced', 'sliced'])
    expect(slept.filter((each) => each === 60_000)).toHaveLength(1)
    expect(result.bases).toBe(1)
  })

  test('is taken beside slices: they go on while it is, and it is waited for in the end', async () => {
    let ready: (id: string) => void = () => undefined
    let ended = false
    const operation = { at: { seconds: 1, ordinal: 1 }, what: 'x' }
    const due: TakenSlices = { ...nothing, baseNeeded: { why: 'refused operation', operation } }
    const stop = new AbortController()
    let rounds = 0
    const following = followed([], {
      signal: stop.signal,
      slice: () => {
        rounds += 1
        if (rounds === 5) {
          stop.abort(new Error('SIGTERM'))
          ready('medical-20261121T130204Z')
        }
        return Promise.resolve(due)
      },
      takeBase: () =>
        new Promise<string>((resolve) => {
          ready = resolve
        }).finally(() => {
          ended = true
        }),
    })
    const { kinds, result } = await following
    expect(kinds.filter((kind) => kind === 'sliced')).toHaveLength(5)
    expect(kinds.filter((kind) => kind === 'base begun')).toHaveLength(1)
    expect([ended, result.bases]).toEqual([true, 1])
  })

  test('that does not fit is not taken back to back: ever longer pauses, told once of each, with the reason', async () => {
    let number = 0
    const { begun, events } = await lived(
      (_, bases) => (bases === 0 ? needed : unfit(`base-${bases.toString()}`, 'expired')),
      () => Promise.resolve(`base-${(number += 1).toString()}`),
    )
    expect(begun.length).toBeGreaterThan(5)
    expect(begun.length).toBeLessThan(14)
    const gaps = begun.slice(1).map((each, at) => each - (begun[at] ?? 0))
    for (const [at, gap] of gaps.slice(1).entries())
      expect(gap).toBeGreaterThanOrEqual(gaps[at] ?? 0)
    const told = events.filter((event) => event.kind === 'base unfit')
    expect(told.map((event) => event.unfit.id)).toEqual(
      Array.from({ length: number }, (_, at) => `base-${(at + 1).toString()}`),
    )
    expect(told[0]).toMatchObject({ unfit: { reason: 'expired' }, seconds: 60 })
  })

  test('waits at least as long as the last one took', async () => {
    const { begun } = await lived(
      () => needed,
      (clock) => {
        clock.advance(3 * 3600_000)
        return Promise.resolve('id')
      },
    )
    const gaps = begun.slice(1).map((each, at) => each - (begun[at] ?? 0))
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(6 * 3600)
  })

  test('that a majority does not have yet is waited for, and no other is taken', async () => {
    const { begun, events, result } = await lived(
      (hours, bases) => (bases === 0 ? needed : hours < 10 ? unfit('one', 'ahead') : nothing),
      () => Promise.resolve('one'),
    )
    expect([begun.length, result.bases]).toEqual([1, 1])
    const told = events.filter((event) => event.kind === 'base unfit')
    expect(told).toEqual([{ kind: 'base unfit', unfit: { id: 'one', reason: 'ahead' } }])
  })

  test('that is needed again later is taken at once again', async () => {
    const { begun } = await lived(
      (hours, bases) => (bases === 0 || (hours > 12 && bases === 1) ? needed : nothing),
      () => Promise.resolve('id'),
    )
    expect(begun.map((each) => Math.floor(each / 3600))).toEqual([0, 12])
  })

  test('that cannot be taken is tried again, ever more slowly, and slices go on', async () => {
    const broken = new Failure('failed', 'DUMP_FAILED', 'mongodump ended with 1', ['ops backup'])
    let tries = 0
    const { kinds, events, begun } = await lived(
      (_, bases) => (bases === 0 ? needed : nothing),
      () => {
        tries += 1
        return tries < 4 ? Promise.reject(broken) : Promise.resolve('id')
      },
      2,
    )
    const gaps = begun.slice(1).map((each, at) => each - (begun[at] ?? 0))
    expect(gaps.map((gap, at) => gap >= 60 * 2 ** at)).toEqual([true, true, true])
    expect(kinds.filter((kind) => kind === 'sliced').length).toBeGreaterThan(100)
    expect(events.find((event) => event.kind === 'base failed')).toMatchObject({ seconds: 60 })
    expect(kinds).not.toContain('trouble')
  })

  test('is tried with the next slice where somebody else holds the target', async () => {
    const locked = new Failure('locked', 'TARGET_LOCKED', 'a restore holds it', ['ps'])
    let refused = 0
    const { begun } = await lived(
      (_, bases) => (bases === 0 ? needed : nothing),
      () => {
        refused += 1
        return refused < 5 ? Promise.reject(locked) : Promise.resolve('id')
      },
      1,
    )
    const gaps = begun.slice(1).map((each, at) => each - (begun[at] ?? 0))
    expect(Math.max(...gaps)).toBeLessThanOrEqual(120)
  })

  test('of which part failed afterwards is a base', async () => {
    const part = new Failure('partial', 'COPY_FULL', 'done and good, but the copy failed', ['df'])
    const { kinds, result } = await followed([needed, nothing, nothing], {
      takeBase: () => Promise.reject(part),
    })
    expect(kinds).toContain('base failed')
    expect(result.bases).toBe(1)
  })

  test('of data that a restore left half done is waited for, also at the start', async () => {
    const half = new Failure('refused', 'LEFT_HALF', 'half done', ['ops undo x'])
    const { kinds } = await followed([needed, needed, needed], {
      takeBase: () => Promise.reject(half),
    })
    expect(kinds).toContain('base failed')
  })

  test('that can never be taken ends it at the start, as does a mistake of ours', async () => {
    const usage = new Failure('usage', 'CONFIG_INVALID', 'no', ['ops config check'])
    for (const error of [usage, new TypeError('x is not a function')]) {
      const ending = followed([needed, nothing, nothing], {
        takeBase: () => Promise.reject(error),
      })
      await expect(ending).rejects.toBe(error)
    }
  })
})

describe('what the system says of a disk', () => {
  test.each(['ENOSPC', 'ESTALE', 'EIO', 'EROFS', 'ENOTCONN', 'EHOSTDOWN'])(
    '%s is told of, waited for, and tried again, also at the start',
    async (code) => {
      const error = Object.assign(new Error(`${code}: write`), {
        code,
        errno: -1,
        syscall: 'write',
      })
      const { kinds, events, slept } = await followed([error, error, nothing, nothing])
      expect(kinds).toEqual(['trouble', 'sliced', 'recovered', 'sliced'])
      expect(events[0]).toMatchObject({ failure: { code: 'SYSTEM_ERROR' } })
      expect(slept.slice(0, 2)).toEqual([1_000, 2_000])
    },
  )
})
