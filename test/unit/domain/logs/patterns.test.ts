import { describe, expect, test } from 'vitest'
import { LogPatterns, patternOf } from '../../../../src/domain/logs/patterns.js'

describe('messages that come again and again', () => {
  test.each([
    ['connection 12 from 10.0.0.7:5123 ended', 'connection <number> from <address> ended'],
    ['row "O\'Hara, Ann" took 1.5 s', 'row <text> took <number> s'],
    ['at 2026-11-21T13:00:00.123Z', 'at <time>'],
    ['id 507f1f77bcf86cd799439011 gone', 'id <id> gone'],
    ['0d4f6c1e-8f0a-4b7e-9a3e-1f2d3c4b5a69: no', '<id>: no'],
    ['exit code -9', 'exit code <number>'],
    ['mongodb2 is up', 'mongodb2 is up'],
  ])('%s', (message, pattern) => {
    expect(patternOf(message)).toBe(pattern)
  })

  test('are counted, with the first and the last time, the worst first', () => {
    const patterns = new LogPatterns()
    const add = (message: string, at: string, level: 'info' | 'error') => {
      patterns.add({ source: 'api', message, at, level }, `${at} ${message}`)
    }
    add('took 1 s', '2026-11-21T13:00:02Z', 'info')
    add('took 2 s', '2026-11-21T13:00:01Z', 'info')
    add('took 3 s', '2026-11-21T13:00:03Z', 'info')
    add('broken', '2026-11-21T13:00:04Z', 'error')
    expect(patterns.list()).toMatchObject([
      { count: 1, level: 'error', pattern: 'broken' },
      {
        count: 3,
        pattern: 'took <number> s',
        first: '2026-11-21T13:00:01Z',
        last: '2026-11-21T13:00:03Z',
        example: '2026-11-21T13:00:03Z took 3 s',
      },
    ])
    expect(patterns.lines).toBe(4)
  })

  test('of two containers, or of two levels, are not one', () => {
    const patterns = new LogPatterns()
    patterns.add({ source: 'api', message: 'x' }, 'x')
    patterns.add({ source: 'db', message: 'x' }, 'x')
    patterns.add({ source: 'db', message: 'x', level: 'error' }, 'x')
    expect(patterns.list()).toHaveLength(3)
  })

  test('that are all different are told apart up to a number, and then only counted', () => {
    const patterns = new LogPatterns()
    const word = (at: number) =>
      at.toString(36).replace(/\d/g, (digit) => 'ghijklmnop'[Number(digit)] ?? '')
    for (let at = 0; at < 40_000; at++) patterns.add({ source: 'api', message: word(at) }, '')
    expect(patterns.list()).toHaveLength(5000)
    expect(patterns.others).toBeGreaterThan(0)
    expect(patterns.list().reduce((sum, { count }) => sum + count, patterns.others)).toBe(40_000)
  })
})
