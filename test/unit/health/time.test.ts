import { expect, test } from 'vitest'
import { secondsForLooking, usualHealthTime } from '../../../src/cli/healthTime.js'

test('a run has less than the minute after which Nagios kills it, and time to tell what it saw', () => {
  expect(secondsForLooking(usualHealthTime, 0)).toBeLessThan(50)
  expect(secondsForLooking(usualHealthTime, 0)).toBeGreaterThan(30)
})

test('what is asked for bounds it, and what has passed already counts', () => {
  expect(secondsForLooking('10s', 0)).toBe(9)
  expect(secondsForLooking('10s', 2)).toBe(7)
  expect(secondsForLooking('1s', 3)).toBe(0.5)
})
