import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { digestsOf } from '../../../src/procedures/data/csv/digests.js'
import { RowTable } from '../../../src/procedures/data/csv/rowTable.js'

const roomy = 1 << 20

function digests(key: string, ...fields: readonly string[]) {
  const found = digestsOf([key], fields)
  if (!found) throw new Error('a key')
  return found
}

function filled(rows: readonly (readonly [key: string, field: string])[], bytes = roomy) {
  const table = new RowTable(1, bytes)
  const took = rows.map(([key, field], at) => {
    const { key: digest, row, fields } = digests(key, field)
    return table.add(digest, at + 2, row, fields)
  })
  return { table, took }
}

function take(table: RowTable, key: string, field: string) {
  const { key: digest, row, fields } = digests(key, field)
  return table.take(digest, row, fields)
}

describe('rows without their values', () => {
  test('are the same as documents that say the same, whatever their order', () => {
    const text = fc.string({ maxLength: 3 })
    const rows = fc.array(fc.tuple(fc.string({ minLength: 1, maxLength: 2 }), text))
    fc.assert(
      fc.property(rows, (all) => {
        const { table } = filled(all)
        for (const [key, field] of all.toReversed()) take(table, key, field)
        for (const met of table.keys())
          expect(met).toMatchObject({ stored: met.inFile, differing: [], isOther: false })
      }),
    )
  })

  test('say which field differs, and on which line', () => {
    const { table } = filled([
      ['a', '1'],
      ['b', '2'],
    ])
    expect(take(table, 'a', '1')).toMatchObject({ line: 2, differing: [] })
    expect(take(table, 'b', '3')).toMatchObject({ line: 3, differing: [0], isOther: true })
    expect(take(table, 'c', '3')).toBeUndefined()
  })

  test('that share a key are compared together, and not before there are equally many', () => {
    const { table } = filled([
      ['a', '1'],
      ['a', '2'],
    ])
    expect(take(table, 'a', '2')).toMatchObject({ inFile: 2, stored: 1, differing: [] })
    expect(take(table, 'a', '1')).toMatchObject({ inFile: 2, stored: 2, differing: [] })
  })

  test('are many, and end where there is no room left', () => {
    const rows = Array.from({ length: 20_000 }, (_, at) => [at.toString(), 'x'] as const)
    expect(filled(rows, 1 << 24).took.every(Boolean)).toBe(true)
    const { table, took } = filled(rows, 36 * 5000)
    expect(took.filter(Boolean)).toHaveLength(5000)
    expect([...table.keys()]).toHaveLength(5000)
  })
})

test('a key of nothing is none', () => {
  expect(digestsOf(['', ''], ['x'])).toBeUndefined()
  expect(digestsOf(['', 'a'], [])?.key).not.toEqual(digestsOf(['a', ''], [])?.key)
})
