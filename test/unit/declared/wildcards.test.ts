import { expect, test } from 'vitest'
import { matchesWildcards } from '../../../src/adapters/probes/wildcards.js'

test.each([
  ['a.csv', '*.csv', true],
  ['a.csv.part', '*.csv', false],
  ['.a.csv', '*.csv', false],
  ['.a.csv', '.*.csv', true],
  ['ab', 'a?', true],
  ['a', 'a?', false],
  ['', '*', true],
  ['visits-2026-11.csv', 'visits-*-*.csv', true],
  ['abcabd', '*ab?', true],
  ['a+b', 'a+b', true],
])('%s matches %s: %s', (name, pattern, matches) => {
  expect(matchesWildcards(name, pattern)).toBe(matches)
})

test('a pattern that would make others try every way comes to an end', () => {
  expect(matchesWildcards('a'.repeat(20_000), `${'*a'.repeat(50)}*b`)).toBe(false)
})
