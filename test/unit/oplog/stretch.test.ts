import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Optime } from '../../../src/domain/contents.js'
import { isAfter } from '../../../src/domain/oplog/optime.js'
import { continues } from '../../../src/domain/oplog/slice.js'
import { stretchFor } from '../../../src/domain/oplog/stretch.js'
import { historyOf, type Holdings } from '../../../src/domain/oplog/timelines.js'
import { failureIn } from '../archive/feeding.js'
import { anchor, at, base, row } from './rows.js'

/** One timeline from 10 to 50 with bases at 10 and 30, a lost stretch, another from 100 to 120, a base alone at 200. */
const holdings: Holdings = {
  slices: [...row(1, [10, 20, 30, 40, 50]), ...row(2, [100, 110, 120])].map((manifest) => ({
    manifest,
    present: true,
  })),
  anchors: [anchor(10, 1), anchor(30, 1), anchor(100, 2)],
  gaps: [],
  bases: [base(10, 1), base(30, 1), base(100, 2), base(200, 3)],
}

const found = (until: Optime, of = holdings) => stretchFor(historyOf(of), { until, text: 'then' })
const refused = (until: Optime) => failureIn(Promise.resolve().then(() => found(until)))
const ends = (until: Optime) => found(until).slices.map(({ end }) => end.at.seconds)

describe('a moment is reached', () => {
  test('from the newest base before it, by the slices from its end on', () => {
    expect(found(at(45)).base.id).toBe('base-1-30')
    expect(ends(at(45))).toEqual([40, 50])
    expect(found(at(29)).base.id).toBe('base-1-10')
    expect(ends(at(29))).toEqual([20, 30])
  })

  test('by a base alone, where it is consistent at that very moment', () => {
    expect(found(at(30))).toMatchObject({ base: { id: 'base-1-30' }, slices: [] })
    expect(found(at(200))).toMatchObject({ base: { id: 'base-3-200' }, slices: [] })
  })

  test('up to the last entry of its slices', () => {
    expect(ends(at(50))).toEqual([40, 50])
    expect(ends(at(120))).toEqual([110, 120])
  })

  test('from an older base where the newer one is gone', () => {
    const fewer = { ...holdings, bases: holdings.bases.filter(({ id }) => id !== 'base-1-30') }
    expect(found(at(45), fewer)).toMatchObject({ base: { id: 'base-1-10' } })
    expect(found(at(45), fewer).slices).toHaveLength(4)
  })

  test('of the newer timeline, where a clock was set back and two have it', () => {
    const again: Holdings = {
      ...holdings,
      slices: [
        ...holdings.slices,
        ...row(4, [15, 25, 48]).map((manifest) => ({ manifest, present: true })),
      ],
      anchors: [...holdings.anchors, anchor(15, 4)],
      bases: [...holdings.bases, base(15, 4)],
    }
    expect(found(at(45), again).base.id).toBe('base-4-15')
  })
})

describe('a moment is refused', () => {
  test.each<[string, Optime, number | null, number | null]>([
    ['before the first base', at(9), null, 10],
    ['in a gap', at(70), 50, 100],
    ['right after the last entry of a timeline', { seconds: 50, ordinal: 2 }, 50, 100],
    ['all of a second whose end is not read', { seconds: 50, ordinal: 0xffff_ffff }, 50, 100],
    ['after a base that nothing continues', at(201), 200, null],
  ])('%s, with the nearest ones', async (_, until, before, after) => {
    const failure = await refused(until)
    expect(failure).toMatchObject({
      code: 'MOMENT_UNREACHABLE',
      kind: 'not-found',
      facts: {
        before: before === null ? null : at(before),
        after: after === null ? null : at(after),
      },
    })
    const typed = failure.next.filter((line) => line.includes('--to-time'))
    expect(typed).toHaveLength((before === null ? 0 : 1) + (after === null ? 0 : 1))
  })

  test('over a slice whose file is gone', async () => {
    const torn = {
      ...holdings,
      slices: holdings.slices.map((slice) => ({
        ...slice,
        present: slice.manifest.end.at.seconds !== 40,
      })),
    }
    const failure = await failureIn(Promise.resolve().then(() => found(at(45), torn)))
    expect(failure).toMatchObject({ code: 'MOMENT_UNREACHABLE', facts: { before: at(30) } })
  })

  test('where there is nothing at all', async () => {
    const nothing = { slices: [], anchors: [], gaps: [], bases: [] }
    const failure = await failureIn(Promise.resolve().then(() => found(at(1), nothing)))
    expect(failure.message).toContain('nothing can be reached')
  })
})

test('whatever is there: what is found goes from its base to the moment without a gap', () => {
  const second = fc.integer({ min: 1, max: 60 })
  const timelines = fc.array(fc.uniqueArray(second, { minLength: 2, maxLength: 12 }), {
    minLength: 1,
    maxLength: 3,
  })
  fc.assert(
    fc.property(timelines, fc.infiniteStream(fc.boolean()), second, (ofSeconds, coin, wanted) => {
      const toss = () => coin.next().value !== false
      const rows = ofSeconds.map((seconds, index) => ({
        timeline: index + 1,
        seconds: seconds.toSorted((one, other) => one - other),
      }))
      const bases = rows.flatMap(({ timeline, seconds }) =>
        seconds.filter(toss).map((one) => base(one, timeline)),
      )
      const slices = rows.flatMap(({ timeline, seconds }) =>
        row(timeline, seconds).map((manifest) => ({ manifest, present: toss() || toss() })),
      )
      const anchors = bases.map(({ id, last }) => ({
        version: 1 as const,
        base: id,
        timeline: Number(id.split('-')[1]),
        last,
      }))
      const until = at(wanted)
      try {
        const stretch = found(until, { slices, anchors, gaps: [], bases })
        const first = stretch.slices[0]
        const last = stretch.slices.at(-1)
        expect(isAfter(stretch.base.last.at, until)).toBe(false)
        if (!first || !last) {
          expect(stretch.base.last.at).toEqual(until)
          return
        }
        expect(isAfter(first.start.at, stretch.base.last.at)).toBe(false)
        expect(isAfter(until, last.end.at)).toBe(false)
        for (const [index, slice] of stretch.slices.entries()) {
          const before = stretch.slices[index - 1]
          if (before) expect(continues(slice, before)).toBe(true)
        }
      } catch (error) {
        expect(error).toMatchObject({ code: 'MOMENT_UNREACHABLE' })
      }
    }),
  )
})
