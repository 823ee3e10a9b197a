import { Binary, Long, Timestamp, UUID, type Document } from 'bson'
import { expect, test } from 'vitest'
import { OperationReader } from '../../../src/archive/oplog/operations.js'
import { entryOf } from '../../fakes/oplog.js'

const lsid = {
  id: new UUID('00000000-0000-4000-8000-000000000001'),
  uid: new Binary(Buffer.alloc(32, 7)),
}
const at = (seconds: number) => ({ seconds, ordinal: 1 })
const bytes = (seconds: number, fields: Document) => entryOf(at(seconds), fields).bytes
const first = { ts: new Timestamp({ t: 0, i: 0 }), t: Long.fromInt(-1) }
const deletes = (...ids: number[]) =>
  ids.map((_id) => ({ op: 'd', ns: 'medical.visits', o: { _id } }))

test('deletes, updates and drops are read with their session, and what a dropped collection had', () => {
  const reader = new OperationReader()
  const user = '07'.repeat(32)
  expect(reader.take(bytes(1, { ...deletes(1)[0], lsid, txnNumber: Long.ONE }))).toMatchObject([
    {
      kind: 'delete',
      namespace: 'medical.visits',
      at: at(1),
      count: 1,
      user,
      isTransaction: false,
    },
  ])
  const drop = { op: 'c', ns: 'medical.$cmd', o: { drop: 'visits' } }
  expect(reader.take(bytes(2, { ...drop, o2: { numRecords: 20 } }))).toMatchObject([
    { kind: 'drop', namespace: 'medical.visits', count: 20 },
  ])
  expect(
    reader.take(bytes(3, { ...drop, o2: { numRecords: Long.fromNumber(5e9) } }))[0]?.count,
  ).toBe(5e9)
  expect(reader.take(bytes(4, drop))[0]?.count).toBe(0)
  expect(
    reader.take(bytes(5, { op: 'c', ns: 'medical.$cmd', o: { dropDatabase: 1 } })),
  ).toMatchObject([{ kind: 'dropDatabase', namespace: 'medical' }])
})

test('deletes tell which collection of that name they are of', () => {
  const reader = new OperationReader()
  const [one] = deletes(1)
  const [before, after] = [new UUID('0'.repeat(32)), new UUID('1'.repeat(32))]
  expect(reader.take(bytes(1, { ...one, ui: before }))).toMatchObject([{ uuid: '0'.repeat(32) }])
  const applyOps = [before, before, after].map((ui) => ({ ...one, ui }))
  const batch = { op: 'c', ns: 'admin.$cmd', o: { applyOps } }
  expect(reader.take(bytes(2, batch))).toMatchObject([
    { uuid: '0'.repeat(32), count: 2 },
    { uuid: '1'.repeat(32), count: 1 },
  ])
})

test('a renaming replaces something or makes it, and so does a create', () => {
  const reader = new OperationReader()
  const rename = (more: Document) =>
    reader.take(
      bytes(1, { op: 'c', ns: 'a.$cmd', o: { renameCollection: 'a.new', to: 'a.old', ...more } }),
    )
  expect(rename({ dropTarget: new UUID() })).toMatchObject([
    { kind: 'replace', namespace: 'a.old' },
  ])
  const made = [{ kind: 'create', namespace: 'a.old' }]
  expect(rename({ dropTarget: false })).toMatchObject(made)
  expect(rename({})).toMatchObject(made)
  const create = { op: 'c', ns: 'a.$cmd', o: { create: 'old', idIndex: { v: 2 } } }
  expect(reader.take(bytes(2, create))).toMatchObject(made)
})

test('notes and inserts are passed over; what an applyOps outside of a transaction holds counts at once, together', () => {
  const reader = new OperationReader()
  expect(reader.take(bytes(1, { op: 'n', ns: '', o: { msg: 'periodic noop' } }))).toEqual([])
  expect(reader.take(bytes(2, { op: 'i', ns: 'a.b', o: { _id: 1 } }))).toEqual([])
  const batch = { op: 'c', ns: 'admin.$cmd', o: { applyOps: deletes(1, 2, 3) } }
  expect(reader.take(bytes(3, batch))).toMatchObject([{ kind: 'delete', count: 3, at: at(3) }])
})

test('a transaction takes effect when it is committed, and is to be read from its first entry on', () => {
  const reader = new OperationReader()
  const part = (seconds: number, o: Document, prevOpTime: Document = first) =>
    reader.take(
      bytes(seconds, { op: 'c', ns: 'admin.$cmd', o, lsid, txnNumber: Long.ONE, prevOpTime }),
    )
  expect(part(1, { applyOps: deletes(1, 2), partialTxn: true })).toEqual([])
  const between = reader.take(bytes(2, { ...deletes(9)[0] }))
  expect(between).toMatchObject([{ count: 1, at: at(2), readFrom: at(1) }])
  const last = { ts: new Timestamp({ t: 1, i: 1 }), t: Long.ONE }
  expect(part(3, { applyOps: deletes(3), count: Long.fromInt(3) }, last)).toMatchObject([
    { count: 3, at: at(3), readFrom: at(1), isTransaction: true },
  ])
  expect(part(4, { applyOps: deletes(1), prepare: true })).toEqual([])
  expect(part(5, { abortTransaction: 1 })).toEqual([])
  expect(reader.take(bytes(6, { ...deletes(1)[0] }))[0]?.readFrom).toEqual(at(6))
})

test('with their bytes operations come one by one, of the namespaces that are wanted, inserts too', () => {
  const reader = new OperationReader((namespace) => namespace === 'medical.visits')
  const insert = { op: 'i', ns: 'medical.visits', o: { _id: 1 } }
  expect(reader.take(bytes(1, insert))[0]?.raw?.equals(bytes(1, insert))).toBe(true)
  expect(reader.take(bytes(2, { ...insert, ns: 'medical.wards' }))).toEqual([])
  const batch = { op: 'c', ns: 'admin.$cmd', o: { applyOps: [...deletes(1, 2), insert] } }
  expect(reader.take(bytes(3, batch)).map(({ kind }) => kind)).toEqual([
    'delete',
    'delete',
    'insert',
  ])
})
