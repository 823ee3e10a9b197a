import { describe, expect, test } from 'vitest'
import { judgeRequired, judgeTypes } from '../../../src/checks/data/judgeFields.js'
import type { Expectation } from '../../../src/domain/target.js'
import { blindly, evidence, only, tally } from './scene.js'

type Kinds = Readonly<Record<string, number>>

const required = (kinds: Kinds, whole = true) =>
  only(
    judgeRequired(
      evidence({ expected: { required: ['a.b'] }, tally: tally(100, { 'a.b': kinds }, whole) }),
    ),
  )

const typed = (kinds: Kinds, allowed: NonNullable<Expectation['types']>[string], whole = true) =>
  only(
    judgeTypes(
      evidence({ expected: { types: { a: allowed } }, tally: tally(100, { a: kinds }, whole) }),
    ),
  )

describe('a field that every document has to have', () => {
  test('is fine with any value', () => {
    expect(required({ string: 98, array: 1, object: 1 })).toMatchObject({ severity: 'ok' })
  })

  test('fails where it is missing or null, and tells the two apart', () => {
    expect(required({ string: 95, missing: 3, null: 2, emptyText: 9 })).toMatchObject({
      severity: 'fail',
      value: { missing: 3, null: 2, emptyText: 9 },
    })
  })

  test('fails where it is undefined, as old programs wrote it', () => {
    expect(required({ string: 99, undefined: 1 })).toMatchObject({ severity: 'fail' })
  })

  test.each([
    { emptyText: 1 },
    { blankText: 1 },
    { emptyList: 1 },
    { doubleNaN: 1 },
    { decimalNaN: 1 },
  ])('is doubtful where it is there and says nothing: %j', (kinds) => {
    expect(required({ string: 99, ...kinds })).toMatchObject({ severity: 'warn' })
  })

  test('is not called fine where only a sample was looked at', () => {
    const found = required({ string: 100 }, false)
    expect(found).toMatchObject({ severity: 'unknown' })
    expect(found.next[0]).toContain('--exact')
    expect(required({ string: 99, missing: 1 }, false)).toMatchObject({ severity: 'fail' })
  })

  test('is not known where nobody answered', () => {
    const found = judgeRequired(evidence({ expected: { required: ['a'] }, tally: blindly }))
    expect(only(found)).toMatchObject({ severity: 'unknown', because: 'no answer within 1 s' })
  })
})

describe('the type of a field', () => {
  test('is fine where every value has one that it may have, and where there is none', () => {
    expect(typed({ int: 50, missing: 20, null: 30 }, ['int'])).toMatchObject({ severity: 'ok' })
    const numbers = { int: 1, long: 1, double: 1, decimal: 1 }
    expect(typed(numbers, ['number'])).toMatchObject({ severity: 'ok' })
    const texts = { string: 1, emptyText: 1, blankText: 1 }
    expect(typed(texts, ['string'])).toMatchObject({ severity: 'ok' })
    expect(typed({ doubleNaN: 1, double: 2 }, ['double'])).toMatchObject({ severity: 'ok' })
    expect(typed({ decimalNaN: 1 }, ['decimal'])).toMatchObject({ severity: 'ok' })
    expect(typed({ emptyList: 1, array: 2 }, ['array'])).toMatchObject({ severity: 'ok' })
  })

  test('is doubtful where no document has the field: its name may be misspelt', () => {
    const found = typed({ missing: 100 }, ['int'])
    expect(found).toMatchObject({ severity: 'warn', value: { documents: 100, wrong: 0 } })
    expect(found.next[0]).toContain('ops data check')
    expect(typed({ missing: 100 }, ['int'], false)).toMatchObject({ severity: 'warn' })
    expect(typed({ missing: 99, null: 1 }, ['int'])).toMatchObject({ severity: 'ok' })
  })

  test('fails with the types that it has instead, and how often', () => {
    const found = typed({ date: 90, string: 6, emptyText: 1, int: 3 }, ['date'])
    expect(found).toMatchObject({
      severity: 'fail',
      value: { wrong: 10, types: { date: 90, string: 7, int: 3 } },
    })
  })

  test('is not called fine where only a sample was looked at', () => {
    expect(typed({ int: 100 }, ['int'], false)).toMatchObject({ severity: 'unknown' })
    expect(typed({ int: 99, string: 1 }, ['int'], false)).toMatchObject({ severity: 'fail' })
  })
})
