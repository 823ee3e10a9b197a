import { describe, expect, test } from 'vitest'
import { judgeNamespace } from '../../../src/checks/data/judge.js'
import { judgeDuplicates } from '../../../src/checks/data/judgeDuplicates.js'
import { judgeKeys } from '../../../src/checks/data/judgeKeys.js'
import { blindly, evidence, only, records, saw, tally } from './scene.js'

describe('a namespace', () => {
  test('that is expected and not there fails, and nothing else is said of it', () => {
    const found = judgeNamespace({ namespace: records, expected: {}, unique: [] })
    expect(only(found)).toMatchObject({ id: `${records}.there`, severity: 'fail' })
  })

  test('of which nothing is expected is not called good, and a proposal is made', () => {
    const indexes = [
      { name: '_id_', key: { _id: 1 }, options: {} },
      { name: 'a_b', key: { a: 1, b: 1 }, options: {} },
    ]
    const live = { type: 'collection', estimated: 7, indexes } as const
    const nothing = { namespace: records, live, tally: tally(100), unique: [] }
    const found = judgeNamespace(nothing).filter(({ severity }) => severity !== 'ok')
    expect(only(found)).toMatchObject({ id: `${records}.expectations`, severity: 'unknown' })
    expect(only(found).next[0]).toContain("{ documents: { min: 100 }, indexes: ['a,b'] }")
  })

  test('whose documents could not be sampled says so', () => {
    const expected = { documents: { min: 1 } }
    const found = judgeNamespace(evidence({ expected, structure: blindly }))
    expect(found.map(({ id, severity }) => [id, severity])).toEqual([
      [`${records}.documents`, 'ok'],
      [`${records}.structure`, 'unknown'],
    ])
  })
})

const counts = { documents: 100, withoutKey: 0, groups: 0, surplus: 0 }

describe('a key that is to be there once', () => {
  const judged = (looked: Parameters<typeof saw>[0]) =>
    only(judgeDuplicates(evidence({ unique: [{ by: 'a,b', looked: saw(looked) as never }] })))

  test('is fine where no two documents share it; those without are told of', () => {
    expect(judged(counts)).toMatchObject({ severity: 'ok' })
    expect(judged({ ...counts, withoutKey: 3 }).says).toContain('3 documents have none')
  })

  test('is doubtful where no document has it', () => {
    const found = judged({ ...counts, withoutKey: 100 })
    expect(found).toMatchObject({ severity: 'warn', value: { withoutKey: 100 } })
    expect(judged({ ...counts, documents: 0 })).toMatchObject({ severity: 'ok' })
  })

  test('fails where documents share it', () => {
    const found = judged({ ...counts, groups: 2, surplus: 5 })
    expect(found).toMatchObject({ severity: 'fail', value: { groups: 2, surplus: 5 } })
    expect(found.next).toEqual([`ops data duplicates ${records} --by a,b`])
  })

  test('is not known where it was not looked at', () => {
    const found = judgeDuplicates(evidence({ unique: [{ by: 'a', looked: blindly }] }))
    expect(only(found)).toMatchObject({ severity: 'unknown' })
  })
})

describe('documents that share a key', () => {
  const keys = { namespace: records, by: ['a'], expected: false, ...counts }

  test('cannot be found by a key that no document has', () => {
    expect(judgeKeys({ ...keys, withoutKey: 100 })).toMatchObject({ severity: 'warn' })
    expect(judgeKeys({ ...keys, documents: 0 })).toMatchObject({ severity: 'ok' })
  })

  test('are wrong where ops.yaml says so, else for somebody to look at', () => {
    expect(judgeKeys(keys)).toMatchObject({ severity: 'ok' })
    const shared = { ...keys, groups: 1, surplus: 1 }
    expect(judgeKeys(shared)).toMatchObject({ severity: 'warn' })
    expect(judgeKeys({ ...shared, expected: true })).toMatchObject({ severity: 'fail' })
  })
})
