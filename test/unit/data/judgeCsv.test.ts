import { describe, expect, test } from 'vitest'
import type { CsvComparison } from '../../../src/checks/data/csvEvidence.js'
import { judgeCsv } from '../../../src/checks/data/judgeCsv.js'
import { verdict } from '../../../src/domain/finding.js'
import { records } from './scene.js'

const same: CsvComparison = {
  file: '/srv/records.csv',
  namespace: records,
  key: [{ column: 'Name', path: 'patient_info.name' }],
  fields: [{ column: 'Age', path: 'patient_info.age' }],
  unmatched: [],
  rows: 100,
  documents: 100,
  malformed: { rows: 0, lines: [] },
  copies: 0,
  rowsWithoutKey: 0,
  documentsWithoutKey: 0,
  missing: { rows: 0, examples: [] },
  extra: { documents: 0, examples: [] },
  uneven: { keys: 0, lines: [] },
  repeated: 0,
  differing: { rows: 0, paths: {}, examples: [] },
}

const bad = (changes: Partial<CsvComparison>) =>
  judgeCsv({ ...same, ...changes })
    .filter(({ severity }) => severity !== 'ok')
    .map(({ id, severity }) => `${severity} ${id.replace(`${records}.csv.`, '')}`)

describe('a file and a collection', () => {
  test('that say the same are fine', () => {
    expect(verdict(judgeCsv(same))).toBe('ok')
    expect(verdict(judgeCsv({ ...same, copies: 534 }))).toBe('ok')
  })

  test.each<[string, Partial<CsvComparison>, string]>([
    ['a row is missing', { missing: { rows: 1, examples: [{ line: 7 }] } }, 'fail missing'],
    ['a document is extra', { extra: { documents: 1, examples: [{ id: '1' }] } }, 'fail extra'],
    ['a key is there more often', { uneven: { keys: 1, lines: [2] } }, 'fail uneven'],
    ['a row cannot be read', { malformed: { rows: 1, lines: [3] } }, 'fail rows'],
    [
      'a field differs',
      { differing: { rows: 1, paths: { 'patient_info.age': 1 }, examples: [] } },
      'fail fields',
    ],
    ['keys are not unique', { repeated: 2 }, 'warn repeated'],
    ['a row has no key', { rowsWithoutKey: 1 }, 'unknown keys'],
    ['a document has no key', { documentsWithoutKey: 1 }, 'unknown keys'],
    ['a column has no field', { unmatched: ['Doctor'] }, 'unknown columns'],
    ['no field is compared', { fields: [] }, 'unknown fields'],
    ['both are empty', { rows: 0, documents: 0 }, 'unknown empty'],
  ])('are not the same, or not known to be, where %s', (_, changes, found) => {
    expect(bad(changes)).toEqual([found])
  })

  test('that are not the same are looked into with lines that a shell takes as they are meant', () => {
    const odd = { file: '/srv/my records.csv', unmatched: ["'; cmd; '"] }
    const found = judgeCsv({ ...same, ...odd, malformed: { rows: 1, lines: [3] } })
    const next = found.flatMap((one) => one.next)
    expect(next).toContain("sed -n 3p '/srv/my records.csv'   (prints values of patients)")
    expect(next).toContain(String.raw`--skip ''\''; cmd; '\'''`)
  })
})
