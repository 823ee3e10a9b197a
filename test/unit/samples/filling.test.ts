import { describe, expect, test } from 'vitest'
import { fillingOf } from '../../../src/domain/samples/filling.js'

const now = new Date('2026-11-21T12:00:00Z')
const room = (daysAgo: number, gigabytes: number) => ({
  at: new Date(now.getTime() - daysAgo * 86_400_000).toISOString(),
  path: '/shelf',
  freeBytes: gigabytes * 1e9,
})

describe('when a disk will be full', () => {
  test('is not known before it was looked at on three days', () => {
    expect(fillingOf([room(0, 10), room(0.1, 9), room(1.1, 20)], now)).toEqual({
      state: 'unknown',
      daysSeen: 2,
    })
  })

  test('is foretold from what goes each day', () => {
    const filling = fillingOf([room(3, 40), room(2, 30), room(1, 20), room(0, 10)], now)
    expect(filling).toMatchObject({ state: 'filling', bytesPerDay: 10e9 })
    expect(filling.state === 'filling' && filling.days).toBeCloseTo(1)
  })

  test('does not go by what a backup takes and pruning gives back within a day', () => {
    const days = [0, 1, 2, 3, 4].flatMap((day) => [room(day + 0.1, 50), room(day + 0.4, 20)])
    expect(fillingOf(days, now)).toEqual({ state: 'not soon' })
  })

  test('does not go by one day on which somebody tidied up', () => {
    const after = [7, 6, 5, 4, 3, 2, 1, 0].map((day) => room(day, 72 + 2 * day))
    const samples = [room(9, 30), room(8, 28), ...after]
    expect(fillingOf(samples, now)).toMatchObject({ state: 'filling', bytesPerDay: 2e9 })
  })

  test('is nobody’s concern where it grows, stays, or takes years', () => {
    expect(fillingOf([room(2, 10), room(1, 10), room(0, 10)], now).state).toBe('not soon')
    expect(fillingOf([room(2, 10), room(1, 11), room(0, 12)], now).state).toBe('not soon')
    expect(fillingOf([room(2, 900), room(1, 899), room(0, 898)], now).state).toBe('not soon')
  })

  test('goes neither by what is older than a month nor by a clock that was ahead', () => {
    expect(fillingOf([room(40, 90), room(35, 50), room(-1, 1), room(0, 10)], now)).toMatchObject({
      state: 'unknown',
      daysSeen: 1,
    })
  })
})
