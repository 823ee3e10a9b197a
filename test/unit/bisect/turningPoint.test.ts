import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { turnOf } from '../../../src/domain/bisect/turningPoint.js'
import { Thinned } from '../../../src/domain/bisect/thinned.js'
import { isOneEntry, positionsIn } from '../../../src/domain/bisect/positions.js'

/** Asks a row of states, and counts how often. */
function asked(states: readonly boolean[]) {
  const probes: number[] = []
  const isDirty = (at: number) => {
    probes.push(at)
    return Promise.resolve(states[at] ?? false)
  }
  return { probes, isDirty }
}

const most = (count: number) => Math.ceil(Math.log2(count)) + 2

describe('the search among backups', () => {
  test('finds the first dirty one at every place, in at most ⌈log2 n⌉ + 2 restores', async () => {
    for (let count = 1; count <= 65; count++)
      for (let first = 0; first <= count; first++) {
        const states = Array.from({ length: count }, (_, at) => at >= first)
        const { probes, isDirty } = asked(states)
        const turn = await turnOf(count, isDirty, true)
        expect(turn).toEqual(first === 0 ? { kind: 'always' } : { kind: 'turned', at: first })
        expect(probes.length).toBeLessThanOrEqual(most(count))
        expect(new Set(probes).size).toBe(probes.length)
      }
  })

  test('finds some turn from clean to dirty where it turned more than once', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 200 }), async (row) => {
        const { probes, isDirty } = asked(row)
        const turn = await turnOf(row.length, isDirty, false)
        expect(probes.length).toBeLessThanOrEqual(most(row.length))
        if (row[0] === true) expect(turn.kind).toBe('always')
        else if (row.at(-1) === true) {
          if (turn.kind !== 'turned') throw new Error(turn.kind)
          expect([row[turn.at - 1], row[turn.at]]).toEqual([false, true])
        } else expect(turn.kind).toBe('never')
      }),
    ))

  test('goes by what is there now where no backup is dirty', async () => {
    const { isDirty } = asked([false, false])
    expect(await turnOf(2, isDirty, true)).toEqual({ kind: 'turned', at: 2 })
    expect(await turnOf(2, isDirty, false)).toEqual({ kind: 'never' })
  })
})

describe('states between entries', () => {
  const at = (seconds: number, ordinal = 1) => ({ seconds, ordinal })

  test('are right before and right after each, each once', () => {
    const span = { clean: at(10), dirty: at(20) }
    expect(positionsIn(span, [at(12), at(12, 2), at(20)])).toEqual([
      at(10),
      at(12, 0),
      at(12),
      at(12, 2),
      at(20, 0),
      at(20),
    ])
    expect(positionsIn(span, [])).toEqual([at(10), at(20)])
  })

  test('tell whether one entry alone lies between them', () => {
    expect(isOneEntry({ clean: at(12, 1), dirty: at(12, 2) })).toBe(true)
    expect(isOneEntry({ clean: at(12, 1), dirty: at(12, 3) })).toBe(false)
  })
})

test('what is thinned out stays even, with its first, within its bound', () => {
  fc.assert(
    fc.property(fc.nat({ max: 5000 }), fc.integer({ min: 2, max: 50 }), (count, bound) => {
      const thinned = new Thinned<number>(bound)
      for (let item = 0; item < count; item++) thinned.add(item)
      const { items, isAll } = thinned
      expect(items.length).toBeLessThanOrEqual(bound)
      expect(isAll).toBe(items.length === count)
      const steps = new Set(items.slice(1).map((item, at) => item - (items[at] ?? 0)))
      expect(steps.size).toBeLessThanOrEqual(1)
      if (count > 0) expect(items[0]).toBe(0)
    }),
  )
})
