import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { logLine, longestLine, type LogEntry } from '../../../src/domain/ownLog/entry.js'
import { isLogged } from '../../../src/domain/ownLog/level.js'

const entry = (changes: Partial<LogEntry> = {}): LogEntry => ({
  time: '2026-11-22T17:00:00.000Z',
  level: 'info',
  run: '9d42ab01',
  command: 'backup',
  event: 'end',
  ...changes,
})
const read = (changes: Partial<LogEntry>) => JSON.parse(logLine(entry(changes))) as LogEntry

describe('a line of the log', () => {
  test('is one JSON object and its line break', () => {
    const line = logLine(entry({ message: 'two\nlines', exitCode: 0 }))
    expect(line.indexOf('\n')).toBe(line.length - 1)
    expect(JSON.parse(line)).toEqual(entry({ message: 'two\nlines', exitCode: 0 }))
  })

  test('is never longer than what is appended in one piece, whatever is said', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 9_000, unit: 'binary' }), (text) => {
        const line = logLine(entry({ message: text, stack: text.repeat(3) }))
        expect(Buffer.byteLength(line)).toBeLessThanOrEqual(longestLine)
        expect(JSON.parse(line)).toMatchObject({ run: '9d42ab01', event: 'end' })
      }),
      { numRuns: 50 },
    )
  })

  test('names no password of an address and no secret key', () => {
    const { message } = read({
      message: 'mongodb://root:hunter2@db refused; AGE-SECRET-KEY-1QQQ was tried',
    })
    expect(message).not.toMatch(/hunter2|1QQQ/)
    expect(message).toContain('mongodb://root:')
  })

  test('quotes no document', () => {
    const { message, stack } = read({
      message: 'E11000 duplicate key error index: name_1 dup key: { name: "Ada Lovelace" }',
      stack: 'MongoServerError: dup key: { name: "Ada" }\n    at insert (a.js:1:2)',
    })
    expect(message).toBe('E11000 duplicate key error index: name_1 dup key: {…}')
    expect(stack).toBe('MongoServerError: dup key: {…}\n    at insert (a.js:1:2)')
    const several = 'could not read {\n  name: "Ada Lovelace",\n  ward: [ 3 ]\n} at all'
    expect(
      read({
        message: several,
        stack: `Error: ${several}\n    at insert (a.js:1:2)\ncaused by Error: {\n name: "Ada" }\n    at b (b.js:3:4)`,
      }),
    ).toEqual(
      entry({
        message: 'could not read {…}',
        stack:
          'Error: could not read {…}\n    at insert (a.js:1:2)\ncaused by Error: {…}\n    at b (b.js:3:4)',
      }),
    )
    expect(read({ message: '3 documents stay, for they were changed: _id 199-12-3456' })).toEqual(
      entry({ message: '3 documents stay, for they were changed: _id …' }),
    )
  })
})

test.each([
  ['debug', 'info', false],
  ['info', 'info', true],
  ['error', 'warn', true],
  ['warn', 'error', false],
] as const)(
  'an entry of level %s where %s is asked for is written: %s',
  (level, least, written) => {
    expect(isLogged(level, least)).toBe(written)
  },
)
