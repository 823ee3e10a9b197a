import { describe, expect, it } from 'vitest'
import { durationSeconds, durationText } from '../../../src/config/duration.js'
import { distance, nearest } from '../../../src/domain/nearest.js'

describe('a duration', () => {
  it.each([
    ['60s', 60],
    ['30m', 1_800],
    ['26h', 93_600],
    ['7d', 604_800],
    ['4w', 2_419_200],
  ])('%s is %i seconds', (text, seconds) => {
    expect(durationSeconds(text)).toBe(seconds)
  })

  it.each(['', '7', 'd', '7 d', '7D', '-1s', '1.5h', '1h30m', '1y', '1234567s', '٣d'])(
    'is not %j',
    (text) => {
      expect(durationSeconds(text)).toBeUndefined()
    },
  )

  it('is written in the largest unit that fits', () => {
    expect([0, 59, 60, 93_600, 604_800].map(durationText)).toEqual(['0s', '59s', '1m', '26h', '7d'])
  })
})

describe('the nearest word', () => {
  it('is a few letters away at most', () => {
    expect(distance('kitten', 'sitting')).toBe(3)
    expect(nearest('keepwithin', ['keepWithin', 'last'])).toBe('keepWithin')
    expect(nearest('dialy', ['daily', 'weekly'])).toBe('daily')
    expect(nearest('databse', ['databases', 'engine'])).toBe('databases')
    expect(nearest('foo', ['engine', 'service'])).toBeUndefined()
    expect(nearest('x', [])).toBeUndefined()
  })
})
