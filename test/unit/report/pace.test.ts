import { expect, test } from 'vitest'
import { paceFrom } from '../../../src/report/progress/pace.js'
import { fakeClock } from '../../fakes/clock.js'

test('no rate is claimed before a second has passed', () => {
  const clock = fakeClock()
  const pace = paceFrom(() => clock.elapsed())
  clock.advance(500)
  expect(pace.words({ bytes: 1e6 })).toBe('1 MB')
})

test('a guess that was too small never says 100 %', () => {
  const clock = fakeClock()
  const pace = paceFrom(() => clock.elapsed())
  clock.advance(2000)
  expect(pace.words({ bytes: 3e6, expected: 2e6 })).toBe('3 MB of 3 MB  99 %  1.5 MB/s')
})
