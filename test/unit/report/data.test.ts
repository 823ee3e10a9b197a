import stringWidth from 'string-width'
import { describe, expect, test } from 'vitest'
import type { CheckedData } from '../../../src/procedures/data/checkData.js'
import { dataScreen } from '../../../src/report/data.js'
import { duplicatesScreen } from '../../../src/report/duplicates.js'
import { terminal } from './canvas.js'

const namespace = 'medical_records.healthcare_data'
const narrow = { ...terminal, columns: 40 }

const checked: CheckedData = {
  target: 'medical',
  verdict: 'fail',
  seconds: 1,
  csv: null,
  checks: [
    {
      id: `${namespace}.documents`,
      namespace,
      severity: 'ok',
      says: '54,966 documents',
      because: '',
      next: [],
    },
    {
      id: `${namespace}.required.patient_info.name`,
      namespace,
      severity: 'fail',
      says: '3 documents without patient_info.name (3 of 54,966)',
      because: '2 do not have the field, in 1 it is null',
      next: ['ops dr deletion'],
    },
  ],
  namespaces: [
    {
      namespace,
      type: 'collection',
      documents: 54_966,
      exactly: true,
      indexes: [{ name: 'x', key: { 'patient_info.name': 1, at: -1 }, options: {} }],
      structure: {
        sampled: 1000,
        isCut: false,
        paths: [
          { path: '_id', documents: 1000, types: { objectId: 1000 } },
          { path: 'patient_info.name', documents: 999, types: { string: 998, null: 1 } },
        ],
      },
    },
  ],
}

const longest = (text: string) => Math.max(...text.split('\n').map((line) => stringWidth(line)))

describe('checked data', () => {
  test('is a verdict, findings, and the fields of a single collection', () => {
    const screen = dataScreen(checked, terminal)
    expect(screen).toMatchInlineSnapshot(`
      "FAILING  medical, 2 checks

      medical_records.healthcare_data
        ok       54,966 documents
        fail     3 documents without patient_info.name (3 of 54,966) (2 do not have
                 the field, in 1 it is null)
                 → ops dr deletion

      Fields, in 1,000 documents chosen at random
        _id                100 %  objectId
        patient_info.name   99 %  string 99 %, null 1 %

      Indexes
        patient_info.name,at:-1"
    `)
    expect(longest(screen)).toBeLessThanOrEqual(80)
  })

  test('fits into forty columns', () => {
    expect(longest(dataScreen(checked, narrow))).toBeLessThanOrEqual(40)
  })

  test('names the rows that differ, with values only where they are there', () => {
    const differing = { line: 5, id: '{"$oid":"6553f1000000000000000001"}', paths: ['a'] }
    const csv = {
      missing: { rows: 0, examples: [] },
      extra: { documents: 0, examples: [] },
      differing: { rows: 1, paths: { a: 1 }, examples: [differing] },
    } as unknown as NonNullable<CheckedData['csv']>
    const lines = dataScreen({ ...checked, namespaces: [], csv }, terminal)
    expect(lines).toContain('  line 5, _id 6553f1000000000000000001\n    a')
    const values = [{ path: 'a', file: '1', stored: '\u001b[2J' }]
    const shown = { ...csv, differing: { ...csv.differing, examples: [{ ...differing, values }] } }
    expect(dataScreen({ ...checked, csv: shown }, terminal)).toContain(
      '    a: "1" in the file, "\\u001b[2J" stored',
    )
  })
})

test('duplicates are groups of two ids each', () => {
  const id = (at: number) => `{"$oid":"6553f100000000000000000${at.toString()}"}`
  const found = {
    target: 'medical',
    verdict: 'warn' as const,
    surplus: 3,
    checks: [
      {
        id: 'x',
        severity: 'warn' as const,
        says: '3 documents too many',
        because: 'keys that more than one document has: 2',
        next: [],
      },
    ],
    keys: [
      {
        namespace,
        by: ['patient_info.name'],
        expected: false,
        documents: 10,
        withoutKey: 0,
        groups: 2,
        surplus: 3,
        largest: [{ documents: 3, first: id(1), last: id(2) }],
      },
    ],
  }
  const screen = duplicatesScreen(found, narrow)
  expect(screen).toMatchInlineSnapshot(`
    "ATTENTION  medical

    medical_records.healthcare_data, by patient_info.name
      warn     3 documents too many (keys
               that more than one document
               has: 2)
        3 documents
          first 6553f1000000000000000001
          last  6553f1000000000000000002
        and 1 groups more"
  `)
  expect(longest(screen)).toBeLessThanOrEqual(53)
})
