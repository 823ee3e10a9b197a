import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decideContinuity, type Evidence } from '../../../src/domain/oplog/continuity.js'
import type { UnfitBase } from '../../../src/domain/oplog/unfit.js'
import { isAfter } from '../../../src/domain/oplog/optime.js'

const lookups = fc.constantFrom('same' as const, 'different' as const, 'missing' as const)
const optimes = fc.record({ seconds: fc.integer({ min: 0, max: 20 }), ordinal: fc.nat(2) })
const points = fc.record({ at: optimes, sha256: fc.constant('x') })
const moments = fc
  .integer({ min: 0, max: 20 })
  .map((second) => new Date(second * 1000).toISOString())
const sets = fc.option(fc.constantFrom('one', 'two'), { nil: undefined })
const bases = fc.record({
  id: fc.uuid(),
  takenAt: moments,
  first: optimes,
  last: points,
  found: lookups,
})
const evidence: fc.Arbitrary<Evidence> = fc
  .record({
    oldest: optimes,
    newest: optimes,
    set: sets,
    open: fc.option(
      fc.record({ first: optimes, end: points, found: lookups, takenAt: moments, set: sets }),
      { nil: undefined },
    ),
    bases: fc.array(bases, { maxLength: 4 }),
    restoredAt: fc.option(moments, { nil: undefined }),
  })
  .map(({ oldest, newest, set, open, bases: found, restoredAt }) => ({
    window: { oldest, newest, whole: false, ...(set === undefined ? {} : { replicaSetId: set }) },
    ...(open
      ? {
          open: {
            timeline: 3,
            first: open.first,
            end: open.end,
            found: open.found,
            takenAt: open.takenAt,
            ...(open.set === undefined ? {} : { replicaSetId: open.set }),
          },
        }
      : {}),
    bases: found,
    ...(restoredAt === undefined ? {} : { restoredAt }),
    nextTimeline: 4,
  }))

test('a timeline is continued only from an entry that the server still has, of the same set, with no restore since', () => {
  fc.assert(
    fc.property(evidence, (given) => {
      const decided = decideContinuity(given)
      const { open, window, restoredAt } = given
      if (decided.kind !== 'read' || decided.timeline !== 3) return
      expect(open?.found).toBe('same')
      expect(decided.from).toEqual(open?.end)
      if (open?.replicaSetId !== undefined && window.replicaSetId !== undefined)
        expect(open.replicaSetId).toBe(window.replicaSetId)
      if (restoredAt !== undefined) expect((open?.takenAt ?? '') >= restoredAt).toBe(true)
    }),
  )
})

test('a timeline begins only behind the last entry of a base that the server still has, taken after any restore', () => {
  fc.assert(
    fc.property(evidence, (given) => {
      const decided = decideContinuity(given)
      if (decided.kind !== 'read') return
      for (const { found, takenAt, last } of decided.anchors as Evidence['bases']) {
        expect(found).toBe('same')
        expect(isAfter(last.at, given.window.newest)).toBe(false)
        if (given.restoredAt !== undefined) expect(takenAt >= given.restoredAt).toBe(true)
      }
      if (decided.timeline === 4) expect(decided.from).toEqual(decided.anchors[0]?.last)
    }),
  )
})

test('an open timeline goes on or is said to have ended, never neither', () => {
  fc.assert(
    fc.property(evidence, (given) => {
      const decided = decideContinuity(given)
      const goesOn = decided.kind === 'read' && decided.timeline === 3
      expect(goesOn).toBe(given.open !== undefined && decided.ended === undefined)
    }),
  )
})

describe('a base that is of no use', () => {
  const at = (seconds: number) => ({ seconds, ordinal: 1 })
  const window = { oldest: at(10), newest: at(20), whole: false }
  const of = (
    seconds: number,
    found: 'same' | 'different' | 'missing',
    restoredAt?: string,
  ): UnfitBase | undefined => {
    const base = {
      id: 'one',
      takenAt: '2026-11-21T13:00:00.000Z',
      first: at(seconds),
      last: { at: at(seconds), sha256: 'x' },
      found,
    }
    const decided = decideContinuity({
      window,
      bases: [base],
      nextTimeline: 1,
      ...(restoredAt === undefined ? {} : { restoredAt }),
    })
    return decided.kind === 'base needed' ? decided.unfit : undefined
  }

  test.each([
    ['expired', of(5, 'missing')],
    ['diverged', of(15, 'missing')],
    ['diverged', of(15, 'different')],
    // A clock that was ahead when it was taken, and another history since.
    ['diverged', of(25, 'missing')],
    ['ahead', of(25, 'same')],
    ['restored', of(15, 'same', '2026-11-21T13:00:01.000Z')],
  ])('is named: %s', (reason, unfit) => {
    expect(unfit).toEqual({ id: 'one', reason })
  })

  test('is none where it fits', () => {
    expect(of(15, 'same', '2026-11-21T12:00:00.000Z')).toBeUndefined()
  })
})
