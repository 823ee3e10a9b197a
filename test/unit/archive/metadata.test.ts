import { describe, expect, test } from 'vitest'
import { readMetadata } from '../../../src/archive/metadata.js'
import { failureOf } from './feeding.js'

function metadata(fields: unknown, type = 'collection') {
  const text = typeof fields === 'string' ? fields : JSON.stringify(fields)
  return readMetadata({ database: 'a', collection: 'b', metadata: text, type }, 123)
}

describe('the metadata of a namespace', () => {
  test('may be missing, as for the oplog', () => {
    expect(metadata('')).toEqual({ type: 'collection', indexes: [], options: {} })
  })

  test('of a server 3.6 repeats the namespace in each index', () => {
    const read = metadata({
      options: {},
      indexes: [{ v: 2, key: { _id: 1 }, name: '_id_', ns: 'a.b' }],
      uuid: 'e0f674daed6648af9994635c45ca2ab1',
    })
    expect(read.indexes).toEqual([{ name: '_id_', key: { _id: 1 }, options: { v: 2, ns: 'a.b' } }])
  })

  test('of a server 8 may have fields that are not known', () => {
    const read = metadata({
      options: { clusteredIndex: { v: { $numberInt: '2' }, key: { _id: { $numberInt: '1' } } } },
      indexes: [],
      somethingNew: { $numberLong: '7' },
    })
    expect(read.options).toEqual({ clusteredIndex: { v: 2, key: { _id: 1 } } })
  })

  test('gives numbers plain where they fit, and leaves them where they do not', () => {
    const read = metadata({
      options: {
        int: { $numberInt: '-1' },
        long: { $numberLong: '4294967296' },
        double: { $numberDouble: '0.5' },
        huge: { $numberLong: '9223372036854775807' },
        endless: { $numberDouble: 'Infinity' },
        exact: { $numberDecimal: '0.1' },
        date: { $date: { $numberLong: '1' } },
      },
    })
    expect(read.options).toEqual({
      int: -1,
      long: 4294967296,
      double: 0.5,
      huge: { $numberLong: '9223372036854775807' },
      endless: { $numberDouble: 'Infinity' },
      exact: { $numberDecimal: '0.1' },
      date: { $date: 1 },
    })
  })

  test('tells a view and a time-series by their options where no type is stated', () => {
    expect(metadata({ options: { viewOn: 'c', pipeline: [] } }, '').type).toBe('view')
    expect(metadata({ options: { timeseries: { timeField: 't' } } }, '').type).toBe('timeseries')
    expect(metadata({ options: { capped: true } }, '').type).toBe('collection')
  })

  test('of a view dumped as a collection is that of a collection', () => {
    expect(metadata({ indexes: [], collectionName: 'b' }, 'view').type).toBe('collection')
  })

  test.each(['{', '[]', '7', '{"indexes":{}}', '{"indexes":[7]}', '{"indexes":[{"name":"a"}]}'])(
    '%s is refused',
    (text) => {
      const failure = failureOf(() => metadata(text))
      expect(failure.code).toBe('ARCHIVE_CORRUPT')
      expect(failure.facts['byte']).toBe(123)
    },
  )
})
