import { describe, expect, test } from 'vitest'
import { judgeIndexes } from '../../../src/checks/data/judgeIndexes.js'
import type { IndexDefinition } from '../../../src/domain/contents.js'
import { evidence, only } from './scene.js'

const index = (key: IndexDefinition['key'], options: IndexDefinition['options'] = {}) => ({
  name: Object.keys(key).join('_'),
  key,
  options,
})

const judged = (wanted: string, ...indexes: readonly IndexDefinition[]) =>
  only(
    judgeIndexes(
      evidence({ expected: { indexes: [wanted] }, live: { type: 'collection', indexes } }),
    ),
  )

describe('an index that is expected', () => {
  test.each([
    ['patient_info.name', index({ 'patient_info.name': 1 })],
    ['a:-1,b', index({ a: -1, b: 1 })],
    ['place:2dsphere', index({ place: '2dsphere' })],
    ['a unique', index({ a: 1 }, { unique: true })],
    ['seen ttl=3600', index({ seen: 1 }, { expireAfterSeconds: 3600 })],
    ['a sparse', index({ a: 1 }, { sparse: true })],
    ['b:text,a:text', index({ _fts: 'text', _ftsx: 1 }, { weights: { a: 1, b: 1 } })],
    ['c,a:text', index({ c: 1, _fts: 'text', _ftsx: 1 }, { weights: { a: 1 } })],
  ])('is there: %s', (wanted, there) => {
    expect(judged(wanted, index({ _id: 1 }), there)).toMatchObject({ severity: 'ok' })
  })

  test.each([
    ['a', index({ a: -1 })],
    ['a,b', index({ b: 1, a: 1 })],
    ['a,b', index({ a: 1 })],
    ['a:text', index({ _fts: 'text', _ftsx: 1 }, { weights: { b: 1 } })],
  ])('is not there: %s', (wanted, there) => {
    const found = judged(wanted, there)
    expect(found).toMatchObject({ severity: 'fail' })
    expect(found.next[0]).toContain('createIndex')
  })

  test.each([
    ['a unique', index({ a: 1 }), 'it is not unique'],
    ['a unique', index({ a: 1 }, { unique: false }), 'it is not unique'],
    ['a ttl=60', index({ a: 1 }), 'documents expire never, and not after 60 s'],
    [
      'a ttl=60',
      index({ a: 1 }, { expireAfterSeconds: 61 }),
      'documents expire after 61 s, and not after 60 s',
    ],
  ])('has other options: %s', (wanted, there, because) => {
    expect(judged(wanted, there)).toMatchObject({ severity: 'fail', because })
  })

  test.each(['hidden', 'sparse', 'partialFilterExpression'])(
    'that is %s without having been asked to be does not serve every query',
    (option) => {
      expect(judged('a', index({ a: 1 }, { [option]: true }))).toMatchObject({ severity: 'warn' })
    },
  )

  test('is fine where one of several on the same fields is as it should be', () => {
    const two = [index({ a: 1 }), index({ a: 1 }, { unique: true, collation: { locale: 'fr' } })]
    expect(judged('a unique', ...two)).toMatchObject({ severity: 'ok' })
  })

  test('fails where it deletes documents, and nobody expected that', () => {
    const found = judged('a', index({ a: 1 }, { expireAfterSeconds: 0 }))
    expect(found).toMatchObject({ severity: 'fail', value: { name: 'a' } })
    const hidden = index({ a: 1 }, { expireAfterSeconds: 60, partialFilterExpression: {} })
    expect(judged('a', index({ a: 1 }), hidden)).toMatchObject({ severity: 'fail' })
    const both = evidence({
      expected: { indexes: ['a', 'a ttl=60'] },
      live: { type: 'collection', indexes: [index({ a: 1 }), hidden] },
    })
    expect(judgeIndexes(both).map(({ severity }) => severity)).toEqual(['ok', 'warn'])
  })

  test('is the one that serves every query, where there is another that does not', () => {
    const two = [index({ a: 1 }, { sparse: true }), index({ a: 1 }, { collation: {} })]
    expect(judged('a', ...two)).toMatchObject({ severity: 'ok' })
  })
})
