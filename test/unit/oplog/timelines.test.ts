import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Optime } from '../../../src/domain/contents.js'
import type { GapReason } from '../../../src/domain/oplog/gap.js'
import { compareOptimes, isAfter } from '../../../src/domain/oplog/optime.js'
import { sliceId } from '../../../src/domain/oplog/sliceName.js'
import type { SliceManifest } from '../../../src/domain/oplog/slice.js'
import { historyOf, type Holdings } from '../../../src/domain/oplog/timelines.js'

const at = (seconds: number): Optime => ({ seconds, ordinal: 1 })
const point = (seconds: number, timeline: number) => ({
  at: at(seconds),
  sha256: `${timeline.toString()}/${seconds.toString()}`,
})

function slice(
  timeline: number,
  from: number,
  to: number,
  more: Partial<SliceManifest> = {},
): SliceManifest {
  const [start, end] = [point(from, timeline), point(to, timeline)]
  const id = sliceId({ target: 'medical', timeline, start: start.at, end: end.at })
  return {
    version: 1,
    id,
    target: 'medical',
    timeline,
    file: `${id}.oplog.gz`,
    bytes: 10,
    rawBytes: 10,
    count: 1,
    sha256: `file ${id}`,
    start,
    end,
    openTransactions: [],
    encrypted: false,
    compression: { format: 'gzip', members: [] },
    takenAt: new Date(to * 1000).toISOString(),
    host: 'db01',
    opsVersion: '0.1.0',
    ...more,
  }
}

/** Slices in a row that end at these seconds. */
function row(timeline: number, seconds: readonly number[]): SliceManifest[] {
  const slices: SliceManifest[] = []
  for (const [index, to] of seconds.slice(1).entries()) {
    const before = slices.at(-1)
    const more = before ? { previous: before.sha256 } : {}
    slices.push(slice(timeline, seconds[index] ?? 0, to, more))
  }
  return slices
}

const base = (seconds: number, timeline: number) => ({
  id: `base-${timeline.toString()}-${seconds.toString()}`,
  takenAt: new Date(seconds * 1000).toISOString(),
  first: at(seconds),
  last: point(seconds, timeline),
})

interface World extends Holdings {
  readonly timelines: readonly (readonly number[])[]
}

/**
 * A random life of a server: timelines one after the other, slices of random length, bases on some of their entries, some of
 * them not tied to it, some removed; some slices' files gone, some slices removed with their manifest.
 */
const lives: fc.Arbitrary<World> = fc
  .array(
    fc.record({
      steps: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 8 }),
      bases: fc.array(fc.record({ at: fc.nat(40), tied: fc.boolean(), there: fc.boolean() }), {
        maxLength: 4,
      }),
      removed: fc.array(fc.nat(8), { maxLength: 2 }),
      gone: fc.array(fc.nat(8), { maxLength: 2 }),
    }),
    { maxLength: 4 },
  )
  .map((plans) => {
    let second = 1000
    const slices: { manifest: SliceManifest; present: boolean }[] = []
    const anchors: Holdings['anchors'][number][] = []
    const gaps: Holdings['gaps'][number][] = []
    const bases: Holdings['bases'][number][] = []
    const timelines: number[][] = []
    for (const [index, plan] of plans.entries()) {
      const timeline = index + 1
      second += 10
      const seconds = [second]
      for (const step of plan.steps) seconds.push((second += step))
      timelines.push(seconds)
      for (const [number, manifest] of row(timeline, seconds).entries()) {
        if (!plan.removed.includes(number))
          slices.push({ manifest, present: !plan.gone.includes(number) })
      }
      const from = seconds[0] ?? 0
      for (const { at: offset, tied, there } of plan.bases) {
        const moment = from + (offset % (second - from + 1))
        if (bases.some(({ last }) => last.at.seconds === moment)) continue
        if (there) bases.push(base(moment, timeline))
        const { id, last } = base(moment, timeline)
        if (tied) anchors.push({ version: 1, base: id, timeline, last })
      }
      const reason: GapReason = 'overflow'
      if (index < plans.length - 1)
        gaps.push({
          version: 1,
          target: 'medical',
          timeline,
          after: point(second, timeline),
          reason,
          at: new Date(second * 1000).toISOString(),
        })
    }
    return { slices, anchors, gaps, bases, timelines }
  })

/** Whether a second can be restored to, by what that means: a base not later, and every second between in some slice. */
function reachable(second: number, { slices, anchors, bases, timelines }: World): boolean {
  if (bases.some(({ last }) => last.at.seconds === second)) return true
  return timelines.some((_, index) => {
    const timeline = index + 1
    const own = slices.filter(({ manifest, present }) => manifest.timeline === timeline && present)
    const covered = (each: number) =>
      own.some(({ manifest: { start, end } }) => start.at.seconds < each && each <= end.at.seconds)
    return bases.some(({ id, last }) => {
      if (!anchors.some((anchor) => anchor.base === id && anchor.timeline === timeline))
        return false
      const from = last.at.seconds
      if (from > second) return false
      return Array.from({ length: second - from }, (__, step) => from + 1 + step).every(covered)
    })
  })
}

describe('over random lives of a server', () => {
  test('a time is reachable exactly where a base and every slice up to it are there', () => {
    fc.assert(
      fc.property(lives, (life) => {
        const { reaches } = historyOf(life)
        const last = Math.max(1000, ...life.timelines.flat())
        for (let second = 1000; second <= last + 2; second++) {
          const told = reaches.some(
            ({ from, to }) => from.seconds <= second && second <= to.seconds,
          )
          expect([second, told]).toEqual([second, reachable(second, life)])
        }
      }),
    )
  })

  test('no reach spans a gap, and each has its base and contiguous slices', () => {
    fc.assert(
      fc.property(lives, (life) => {
        const { reaches, gaps } = historyOf(life)
        for (const { from, to, slices, bases, timeline } of reaches) {
          expect(bases[0]?.last.at).toEqual(from)
          if (slices.length === 0) expect(to).toEqual(from)
          else {
            expect(isAfter(slices[0]?.start.at ?? to, from)).toBe(false)
            expect(slices.at(-1)?.end.at).toEqual(to)
          }
          for (const [index, next] of slices.slice(1).entries())
            expect(next.start).toEqual(slices[index]?.end)
          for (const gap of gaps) {
            if (gap.timeline !== timeline) continue
            const spans = !isAfter(from, gap.after) && isAfter(to, gap.after)
            expect(spans).toBe(false)
          }
        }
      }),
    )
  })

  test('the order in which the shelf is read does not matter', () => {
    fc.assert(
      fc.property(lives, (life) => {
        const turned = {
          slices: life.slices.toReversed(),
          anchors: life.anchors.toReversed(),
          gaps: life.gaps.toReversed(),
          bases: life.bases.toReversed(),
        }
        expect(historyOf(turned)).toEqual(historyOf(life))
      }),
    )
  })

  test('gaps are told in order, and end where something can be reached again', () => {
    fc.assert(
      fc.property(lives, (life) => {
        const { gaps, reaches } = historyOf(life)
        for (const { after, until } of gaps) {
          if (!until) expect(reaches.some(({ from }) => isAfter(from, after))).toBe(false)
          else expect(reaches.map(({ from }) => from)).toContainEqual(until)
        }
        expect(gaps).toEqual(
          gaps.toSorted(
            (one, other) => one.timeline - other.timeline || compareOptimes(one.after, other.after),
          ),
        )
      }),
    )
  })
})

describe('a history', () => {
  const held = (slices: readonly SliceManifest[]) =>
    slices.map((manifest) => ({ manifest, present: true }))

  test('a slice that follows on other bytes than those on the shelf is no continuation', () => {
    const [first, second] = row(1, [10, 20, 30])
    if (!first || !second) throw new Error('two slices')
    const slices = held([first, { ...second, previous: 'another file' }])
    const [one] = [base(10, 1)]
    const anchors = [{ version: 1 as const, base: one.id, timeline: 1, last: one.last }]
    const { reaches, gaps } = historyOf({ slices, anchors, gaps: [], bases: [one] })
    expect(reaches).toMatchObject([{ from: at(10), to: at(20) }])
    expect(gaps).toEqual([{ timeline: 1, reason: 'missing', after: at(20) }])
  })

  describe('of operations that are refused', () => {
    const refusal = (seconds: number, last?: number) => ({
      at: at(seconds),
      what: `at ${seconds.toString()}`,
      ...(last === undefined ? {} : { last: at(last) }),
    })
    const refusedIn = (
      refusals: readonly ReturnType<typeof refusal>[],
      ...bases: readonly ReturnType<typeof base>[]
    ) => {
      const slices = row(1, [10, 20, 30, 40]).map((each, index) =>
        index === 1 ? { ...each, refusals } : each,
      )
      const anchors = bases.map(({ id, last }) => ({
        version: 1 as const,
        base: id,
        timeline: 1,
        last,
      }))
      return historyOf({ slices: held(slices), anchors, gaps: [], bases }).reaches[0]?.refused
    }

    test('the first one refuses all times until the next base', () => {
      expect(refusedIn([refusal(25), refusal(27)], base(10, 1), base(35, 1))).toEqual([
        { from: at(25), until: at(35), what: 'at 25' },
      ])
      expect(refusedIn([refusal(25)], base(10, 1))).toEqual([{ from: at(25), what: 'at 25' }])
    })

    test('each counts from the base before it', () => {
      expect(refusedIn([refusal(22), refusal(28)], base(10, 1), base(25, 1), base(35, 1))).toEqual([
        { from: at(22), until: at(25), what: 'at 22' },
        { from: at(28), until: at(35), what: 'at 28' },
      ])
      expect(refusedIn([refusal(22)], base(25, 1))).toEqual([])
    })

    test('a base that was begun before it holds it in its own oplog, and helps nobody', () => {
      const begun = { ...base(28, 1), first: at(24) }
      expect(refusedIn([refusal(25)], base(10, 1), begun, base(35, 1))).toEqual([
        { from: at(25), until: at(35), what: 'at 25' },
      ])
      expect(refusedIn([refusal(24)], base(10, 1), begun)).toEqual([
        { from: at(24), until: at(28), what: 'at 24' },
      ])
      expect(refusedIn([refusal(25)], begun)).toEqual([{ from: at(28), what: 'at 25' }])
    })

    test('one that stands for many refuses until a base after the last of them', () => {
      expect(refusedIn([refusal(22, 28)], base(10, 1), base(25, 1), base(35, 1))).toEqual([
        { from: at(22), until: at(35), what: 'at 22' },
      ])
    })
  })

  test('without slices every base reaches its own moment', () => {
    const bases = [base(10, 1), base(20, 1)]
    const { reaches } = historyOf({ slices: [], anchors: [], gaps: [], bases })
    expect(reaches.map(({ from, to }) => [from, to])).toEqual([
      [at(10), at(10)],
      [at(20), at(20)],
    ])
  })
})
