import { describe, expect, test } from 'vitest'
import { bytes, count, counted } from '../../../src/report/format/bytes.js'
import { duration } from '../../../src/report/format/durations.js'
import { absolute, both, relative } from '../../../src/report/format/times.js'
import { visible, visibleLines } from '../../../src/report/format/visible.js'

describe('bytes', () => {
  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1 kB'],
    [3_284_903, '3.28 MB'],
    [999_700, '1 MB'],
    [1_810_000_000, '1.81 GB'],
    [2.5e15, '2.5 PB'],
  ])('%d are said as %s', (size, text) => {
    expect(bytes(size)).toBe(text)
  })

  test('counts are grouped, and their noun agrees', () => {
    expect(count(54_966)).toBe('54,966')
    expect(counted(1, 'document')).toBe('1 document')
    expect(counted(2, 'index', 'indexes')).toBe('2 indexes')
  })
})

describe('durations', () => {
  test.each([
    [0.04, '0.0 s'],
    [8.4, '8.4 s'],
    [9.97, '10 s'],
    [59.4, '59 s'],
    [59.6, '1 min 00 s'],
    [118, '1 min 58 s'],
    [11_100, '3 h 05 min'],
    [1_036_800, '12 days'],
  ])('%d seconds are said as %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text)
  })
})

describe('times', () => {
  const now = new Date('2026-11-21T13:02:04Z')

  test.each([
    ['2026-11-21T13:01:40Z', 'just now'],
    ['2026-11-21T12:57:00Z', '5 min ago'],
    ['2026-11-21T01:02:04Z', '12 hr ago'],
    ['2026-11-18T13:02:04Z', '3 days ago'],
    ['2026-11-21T15:02:04Z', 'in 2 hr'],
  ])('%s is %s', (moment, text) => {
    expect(relative(new Date(moment), now)).toBe(text)
  })

  test('are absolute in the time zone of whoever reads', () => {
    expect(absolute(new Date('2026-11-21T01:00:00Z'), 'Europe/Zurich')).toBe('2026-11-21 02:00 CET')
    expect(both(new Date('2026-11-21T01:02:04Z'), now, 'UTC')).toBe(
      '12 hr ago (2026-11-21 01:02 UTC)',
    )
  })
})

describe('text from outside', () => {
  test('cannot move the cursor, ring the bell or turn the writing direction', () => {
    expect(visible('a\u001b[2Jb\u0007c\u202ed')).toBe('a\\u001b[2Jb\\u0007c\\u202ed')
  })

  test('keeps its accents, its tabs as spaces, and its line breaks only where they are wanted', () => {
    expect(visible('données\tété')).toBe('données  été')
    expect(visible('a\nb')).toBe('a\\u000ab')
    expect(visibleLines('a\r\nb\u001bc')).toBe('a\nb\\u001bc')
  })
})
