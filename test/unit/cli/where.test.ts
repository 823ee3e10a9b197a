import { deserialize } from 'bson'
import { describe, expect, test } from 'vitest'
import { typedNamespace, typedQuery } from '../../../src/cli/where.js'
import { failureOf } from '../archive/feeding.js'

describe('a query that was typed', () => {
  test('is taken as JSON and as Extended JSON, with its types', () => {
    expect(deserialize(typedQuery('{"age": {"$lt": 0}}'))).toEqual({ age: { $lt: 0 } })
    const dated = typedQuery('{"at": {"$gt": {"$date": "2030-01-01T00:00:00Z"}}}')
    expect(deserialize(dated)).toEqual({ at: { $gt: new Date('2030-01-01T00:00:00Z') } })
    const exact = deserialize(typedQuery('{"n": {"$numberLong": "5"}}'), { promoteValues: false })
    expect(exact['n']).toMatchObject({ _bsontype: 'Long' })
  })

  test.each([
    ['{age: 5}', 'it is not JSON'],
    ['', 'it is not JSON'],
    ['[1]', 'it is not an object'],
    ['5', 'it is not an object'],
    ['{"$oid": "0123456789abcdef01234567"}', 'it is not an object'],
    ['{"_id": {"$oid": "none"}}', 'it is not Extended JSON'],
  ])('%s is refused, and not repeated', (text, says) => {
    const failure = failureOf(() => typedQuery(text))
    expect(failure).toMatchObject({ code: 'WHERE_INVALID', kind: 'usage' })
    expect(failure.message).toContain(says)
    if (text.length > 2) expect(failure.message).not.toContain(text)
  })
})

describe('a collection that was typed', () => {
  test('is a database and the rest', () => {
    expect(typedNamespace('medical.visits.old')).toEqual({
      database: 'medical',
      collection: 'visits.old',
    })
  })

  test.each(['visits', '.visits', 'medical.', 'admin.system.users'])('%s is refused', (text) => {
    const failure = failureOf(() => typedNamespace(text))
    expect(failure).toMatchObject({ code: 'NAMESPACE_INVALID', kind: 'usage' })
  })
})
