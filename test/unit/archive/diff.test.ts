import { deserialize, serialize, type Document } from 'bson'
import { expect, test } from 'vitest'
import { patched } from '../../../src/archive/oplog/diff.js'
import { written, writtenId } from '../../../src/archive/oplog/documentWrite.js'
import { entryOf } from '../../fakes/oplog.js'

const bytes = (document: Document) => Buffer.from(serialize(document))
const after = (before: Document, diff: Document) => {
  const found = patched(bytes(before), bytes(diff))
  return found && JSON.stringify(deserialize(found))
}
const json = (document: Document) => JSON.stringify(document)

test('fields go, change in their place, and come at the end', () => {
  const before = { _id: 1, a: 1, b: 2, c: 3 }
  expect(after(before, { d: { b: false }, u: { a: 'x' }, i: { z: 9 } })).toBe(
    json({ _id: 1, a: 'x', c: 3, z: 9 }),
  )
})

test('a field that comes although it is there is moved to the end, as the server does it', () => {
  expect(after({ _id: 1, a: 1, b: 2 }, { i: { a: 7 } })).toBe(json({ _id: 1, b: 2, a: 7 }))
})

test('documents and arrays change inside', () => {
  const before = { _id: 1, at: { ward: { bed: 4, floor: 2 } }, list: [1, { n: 2 }, 3, 4] }
  const diff = {
    sat: { sward: { u: { bed: 5 } } },
    slist: { a: true, l: 3, u0: 'one', s1: { i: { m: 3 } } },
  }
  expect(after(before, diff)).toBe(
    json({ _id: 1, at: { ward: { bed: 5, floor: 2 } }, list: ['one', { n: 2, m: 3 }, 3] }),
  )
})

test('arrays grow', () => {
  expect(after({ _id: 1, list: [1] }, { slist: { a: true, u1: 2, u2: 3 } })).toBe(
    json({ _id: 1, list: [1, 2, 3] }),
  )
})

test('a field named like a section is told from one', () => {
  const before = { _id: 1, d: 1, sx: { a: 1 } }
  expect(after(before, { u: { d: 2 }, ssx: { u: { a: 2 } } })).toBe(
    json({ _id: 1, d: 2, sx: { a: 2 } }),
  )
})

test.each([
  ['a field that is to change is not there', { _id: 1 }, { u: { a: 1 } }],
  ['a field that is to go is not there', { _id: 1 }, { d: { a: false } }],
  ['what changes inside is no document', { _id: 1, a: 1 }, { sa: { u: { b: 1 } } }],
  ['what changes inside is no array', { _id: 1, a: {} }, { sa: { a: true, u0: 1 } }],
  ['an element is far behind the end', { _id: 1, a: [1] }, { sa: { a: true, u7: 1 } }],
  ['an element that changes inside is not there', { _id: 1, a: [] }, { sa: { a: true, s0: {} } }],
  ['it would be longer than it is', { _id: 1, a: [1] }, { sa: { a: true, l: 3 } }],
  ['it has a section that only later servers know', { _id: 1, a: 1 }, { b: { o: [] } }],
  ['an array has one', { _id: 1, a: [1] }, { sa: { a: true, x9: 1 } }],
  ['a section is no document', { _id: 1 }, { u: 1 }],
])('nothing is made of a document where %s', (_why, before, diff) => {
  expect(after(before, diff)).toBeUndefined()
})

const operation = (fields: Document) => entryOf({ seconds: 1, ordinal: 1 }, fields).bytes

test('writes are about the document that they name', () => {
  expect(deserialize(writtenId(operation({ op: 'i', o: { a: 1, _id: 7 } })))).toEqual({ _id: 7 })
  const update = operation({ op: 'u', o: { $v: 2 }, o2: { _id: 8, shard: 1 } })
  expect(deserialize(writtenId(update))).toEqual({ _id: 8 })
})

test('a write is carried out only on what it was made for', () => {
  const one = bytes({ _id: 1, a: 1 })
  const insert = operation({ op: 'i', o: { _id: 1, a: 1 } })
  expect(written('insert', insert, undefined)).toEqual({ after: one })
  expect(written('insert', insert, one)).toEqual({ after: one })
  expect(written('insert', insert, bytes({ _id: 1 }))).toHaveProperty('misfit')
  const change = (o: Document) => operation({ op: 'u', o, o2: { _id: 1 } })
  const diff = change({ $v: 2, diff: { u: { a: 2 } } })
  expect(written('update', diff, one)).toEqual({ after: bytes({ _id: 1, a: 2 }) })
  expect(written('update', diff, undefined)).toEqual({ misfit: 'it is gone' })
  expect(written('update', diff, bytes({ _id: 1 }))).toHaveProperty('misfit')
  expect(written('update', change({ _id: 1, b: 1 }), one)).toEqual({
    after: bytes({ _id: 1, b: 1 }),
  })
  expect(written('update', change({ $v: 1, $set: { a: 2 } }), one)).toHaveProperty('misfit')
  expect(written('delete', operation({ op: 'd', o: { _id: 1 } }), one)).toEqual({
    after: undefined,
  })
})
