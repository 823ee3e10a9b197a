import { describe, expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.js'
import { columnsOf } from '../../../src/procedures/data/csv/columns.js'

const paths = [
  ['_id', 'objectId'],
  ['patient_info', 'object'],
  ['patient_info.name', 'string'],
  ['patient_info.blood_type', 'string'],
  ['hospital', 'object'],
  ['hospital.name', 'string'],
  ['hospital.hospital', 'string'],
  ['tags[]', 'string'],
] as const

const structure = {
  sampled: 1,
  isCut: false,
  paths: paths.map(([path, type]) => ({ path, documents: 1, types: { [type]: 1 } })),
}

const asked = { key: [{ path: 'patient_info.blood_type' }], fields: [], skipped: [] }

describe('the field of a column', () => {
  test('is the one whose name has the same letters, where there is a single one', () => {
    const headings = ['Name', 'Blood Type', 'Hospital', 'Doctor', 'hospital.NAME']
    expect(columnsOf(headings, structure, asked)).toEqual({
      key: [{ path: 'patient_info.blood_type', column: 'Blood Type', at: 1 }],
      fields: [
        { path: 'hospital.hospital', column: 'Hospital', at: 2 },
        { path: 'hospital.name', column: 'hospital.NAME', at: 4 },
      ],
      unmatched: ['Name', 'Doctor'],
    })
  })

  test('is the one that somebody named, and then nobody else’s', () => {
    const fields = [{ path: 'hospital.name', column: 'Doctor' }]
    const headings = ['Name', 'Blood Type', 'Doctor']
    const { fields: found, unmatched } = columnsOf(headings, structure, { ...asked, fields })
    expect(found).toEqual([
      { path: 'hospital.name', column: 'Doctor', at: 2 },
      { path: 'patient_info.name', column: 'Name', at: 0 },
    ])
    expect(unmatched).toEqual([])
  })

  test('is none where the column is left out', () => {
    const found = columnsOf(['Blood Type', 'Note'], structure, { ...asked, skipped: ['Note'] })
    expect(found.unmatched).toEqual([])
  })
})

function failureOf(what: () => unknown): Failure {
  try {
    what()
  } catch (error) {
    if (error instanceof Failure) return error
  }
  throw new Error('it was not refused')
}

describe('what cannot be meant is refused', () => {
  const refused = (headings: readonly string[], changes: object) => () =>
    columnsOf(headings, structure, { ...asked, ...changes })

  test.each([
    ['a column that is not there', ['Blood Type'], { skipped: ['Blod Type'] }],
    ['a column that is there twice', ['Blood Type', 'Blood Type'], { skipped: ['Blood Type'] }],
    ['a field without a column', ['Name'], {}],
    ['a field with two', ['Blood Type', 'blood_type'], {}],
  ])('%s', (_, headings, changes) => {
    expect(refused(headings, changes)).toThrow(
      expect.objectContaining({ kind: 'usage', code: 'CSV_COLUMN_UNKNOWN' }),
    )
  })

  test.each([
    ['a number', ['Bobby Jackson', '30']],
    ['a date', ['Bobby Jackson', '2024-01-31']],
    ['nothing', ['Bobby Jackson', '']],
  ])('quoting no first row that holds %s: it is one of a patient', (_, row) => {
    const named = [{ path: 'patient_info.name', column: 'Bobby Jacksen' }]
    for (const changes of [{ key: [] }, { key: named }, {}]) {
      expect(refused(row, changes)).toThrow(expect.objectContaining({ kind: 'usage' }))
      const found = failureOf(refused(row, changes))
      expect(`${found.message} ${found.next.join(' ')}`).not.toMatch(/Jackson|30|2024/)
    }
    expect(refused(['Nom'], {})).toThrow('the file has: Nom')
  })

  test('with an example that a shell takes for one word', () => {
    const { next } = failureOf(refused(["'; cmd; '"], { key: [] }))
    expect(next[0]).toBe(String.raw`ops … --key PATH=''\''; cmd; '\'''`)
  })

  test('no key at all', () => {
    expect(refused(['Name'], { key: [] })).toThrow(
      expect.objectContaining({ kind: 'usage', code: 'CSV_KEY_REQUIRED' }),
    )
  })
})
