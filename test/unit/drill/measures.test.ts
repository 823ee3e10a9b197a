import { describe, expect, test } from 'vitest'
import { missedBy, previousDrill, worstOf, type Drill } from '../../../src/domain/drill.js'
import { lossOf } from '../../../src/domain/lostWrites.js'
import { drillOf } from './drillOf.js'

const confirmed = [1, 2, 3, 4].map((number) => ({ number, at: number * 1000 }))

describe('what a disaster took', () => {
  const context = { disasterAt: 4_500, ageSeconds: 60 }

  test('is nothing where every confirmed write is there, whatever else is', () => {
    const found = new Set([1, 2, 3, 4, 5])
    expect(lossOf(confirmed, found, context)).toEqual({
      operations: 4,
      lostOperations: 0,
      seconds: 0,
    })
  })

  test('is the time from the first write that is gone to the disaster', () => {
    const loss = lossOf(confirmed, new Set([1, 2]), context)
    expect(loss).toEqual({ operations: 4, lostOperations: 2, seconds: 1.5 })
    expect(lossOf(confirmed, new Set([1, 3, 4]), context)).toMatchObject({
      lostOperations: 1,
      seconds: 2.5,
    })
  })

  test('reaches back to the state that came back where no write did', () => {
    expect(lossOf(confirmed, new Set(), context)).toEqual({
      operations: 4,
      lostOperations: 4,
      seconds: 63.5,
    })
  })
})

describe('a drill', () => {
  const strike = { what: 'x', rtoSeconds: 2, rpoSeconds: 0, operations: 9, lostOperations: 1 }

  test('is as bad as its worst strike, and lost what all of them lost', () => {
    expect(worstOf([strike, { ...strike, rtoSeconds: 5, rpoSeconds: 3 }])).toEqual({
      rtoSeconds: 5,
      rpoSeconds: 3,
      lostOperations: 2,
    })
  })

  test('keeps an objective that it meets exactly', () => {
    const objectives = { rtoSeconds: 5, rpoSeconds: 3 }
    expect(missedBy({ rtoSeconds: 5, rpoSeconds: 3 }, objectives)).toEqual([])
    expect(missedBy({ rtoSeconds: 5.1, rpoSeconds: 3.1 }, objectives)).toEqual(['rto', 'rpo'])
  })

  test('is compared with the newest one before that measured something', () => {
    const at = (id: string, startedAt: string, more: Partial<Drill> = {}) =>
      drillOf({ id, startedAt, ...more })
    const drills = [
      at('old', '2026-11-01T00:00:00Z'),
      at('other', '2026-11-03T00:00:00Z', { scenario: 'system' }),
      at('elsewhere', '2026-11-03T00:00:00Z', { target: 'billing' }),
      at('failed', '2026-11-04T00:00:00Z', { rtoSeconds: null }),
      at('newer', '2026-11-02T00:00:00Z'),
      at('later', '2026-11-09T00:00:00Z'),
    ]
    expect(previousDrill(drills, at('this', '2026-11-05T00:00:00Z'))?.id).toBe('newer')
    expect(previousDrill([], at('this', '2026-11-05T00:00:00Z'))).toBeUndefined()
  })
})
