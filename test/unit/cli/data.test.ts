import { describe, expect, test } from 'vitest'
import { csvRequest, told, typedPaths, type CsvFlags } from '../../../src/cli/data.js'
import type { Expectation } from '../../../src/domain/target.js'

const flags: CsvFlags = {
  csv: 'a.csv',
  delimiter: ',',
  encoding: 'utf-8',
  loosely: false,
  'show-values': false,
}

const asked = (changes: Partial<CsvFlags>, expectations: Record<string, Expectation> = {}) =>
  csvRequest({ ...flags, ...changes }, [], { expectations }, '/srv')

describe('a file that is typed', () => {
  test('is asked for only where it is named', () => {
    expect(asked({ csv: undefined })).toBeUndefined()
  })

  test('goes with its collection, its key and its columns', () => {
    const collection = 'medical.records'
    expect(
      asked({
        collection,
        key: ['a.b', 'c=Name = x'],
        field: ['d=D'],
        skip: ['E'],
        delimiter: 'tab',
      }),
    ).toEqual({
      file: '/srv/a.csv',
      form: { delimiter: '\t', encoding: 'utf-8' },
      namespace: { database: 'medical', collection: 'records' },
      key: [{ path: 'a.b' }, { path: 'c', column: 'Name = x' }],
      fields: [{ path: 'd', column: 'D' }],
      skipped: ['E'],
      loosely: false,
      showValues: false,
    })
  })

  test('goes with the only collection that is expected, and its first key', () => {
    expect(asked({}, { 'medical.records': { unique: ['a,b', 'c'] } })).toMatchObject({
      namespace: { collection: 'records' },
      key: [{ path: 'a' }, { path: 'b' }],
    })
  })

  test.each([
    ['no collection', {}, 'COLLECTION_REQUIRED'],
    ['a collection without a dot', { collection: 'x' }, 'NAMESPACE_INVALID'],
    ['two characters in between', { collection: 'a.b', delimiter: ', ' }, 'USAGE'],
    ['a quote in between', { collection: 'a.b', delimiter: '"' }, 'USAGE'],
    ['a key without a field', { collection: 'a.b', key: ['=Name'] }, 'USAGE'],
    ['a field with an empty part', { collection: 'a.b', field: ['a..b=B'] }, 'USAGE'],
    ['a field of a dollar sign', { collection: 'a.b', key: ['a.$x'] }, 'USAGE'],
    ['an encoding that nobody knows', { collection: 'a.b', encoding: 'utf-9' }, 'USAGE'],
  ])('is refused with %s', (_, changes, code) => {
    expect(() => asked(changes)).toThrow(expect.objectContaining({ kind: 'usage', code }))
  })
})

describe('paths that are typed', () => {
  test('stand between commas', () => {
    expect(typedPaths('a.b, c')).toEqual(['a.b', 'c'])
    expect(typedPaths(undefined)).toEqual([])
  })

  test.each(['a..b', '$where', 'a.$b', 'a,', '.a'])('are refused: %s', (text) => {
    expect(() => typedPaths(text)).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })
})

test('a finding is told with the command as it was typed, and without a password', () => {
  const because = 'mongodb://ops:hunter2@db:27017 does not answer'
  const next = [because, 'ops … --look-limit 30m']
  const finding = { id: 'a', severity: 'unknown' as const, says: '', because, next }
  const typed = { command: 'data check', argv: ['a.b', '--look-limit', '1s'] }
  const findings = told([finding], typed)
  expect(JSON.stringify(findings)).not.toContain('hunter2')
  expect(findings[0]?.next[1]).toBe('ops data check a.b --look-limit 30m')
})
