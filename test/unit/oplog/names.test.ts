import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareOptimes } from '../../../src/domain/oplog/optime.js'
import { sliceFile, sliceId, sliceName } from '../../../src/domain/oplog/sliceName.js'

const optimes = fc.record({
  seconds: fc.integer({ min: 0, max: 4_294_967_295 }),
  ordinal: fc.integer({ min: 0, max: 4_294_967_295 }),
})
const names = fc.record({
  target: fc.constantFrom('medical', 'a-b_c', 'x'),
  timeline: fc.integer({ min: 1, max: 9_999 }),
  start: optimes,
  end: optimes,
})

test('a name tells all that went into it', () => {
  fc.assert(
    fc.property(names, (name) => {
      expect(sliceName(sliceId(name))).toEqual(name)
    }),
  )
})

test('names of a target sort by timeline, then by start', () => {
  fc.assert(
    fc.property(names, names, (one, other) => {
      const same = { ...other, target: one.target }
      const order = one.timeline - same.timeline || compareOptimes(one.start, same.start)
      if (order !== 0) expect(sliceId(one) < sliceId(same)).toBe(order < 0)
    }),
  )
})

test('other names are none', () => {
  expect(sliceName('medical-20261121T130204Z')).toBeUndefined()
  expect(sliceName('../medical-0001-x')).toBeUndefined()
  expect(sliceFile('id', true)).toBe('id.oplog.gz.age')
})
