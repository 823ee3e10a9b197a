import { expect, test } from 'vitest'
import { isPlainIndex } from '../../../src/domain/plainIndex.js'

test.each([
  ['as it is built', {}, true],
  ['unique', { unique: true }, false],
  ['partial', { partialFilterExpression: {} }, false],
  ['gone after a while', { expireAfterSeconds: 1 }, false],
  ['on more fields', { key: { ward: 1, name: 1 } }, false],
  ['downwards', { key: { ward: -1 } }, false],
  ['of another field', { key: { name: 1 } }, false],
])('an index that is %s', (_, changes, own) => {
  const index = { v: 2, key: { ward: 1 }, name: 'ward_1', ...changes }
  expect(isPlainIndex(index, 'ward')).toBe(own)
})
