import { Binary, Long, Timestamp, UUID, type Document } from 'bson'
import { expect, test } from 'vitest'
import { WriteTally } from '../../../src/archive/oplog/writeTally.js'
import { isWrittenIn } from '../../../src/procedures/discarded/replaced.js'
import { entryOf } from '../../fakes/oplog.js'
import { failureOf } from './feeding.js'

const lsid = {
  id: new UUID('00000000-0000-4000-8000-000000000001'),
  uid: new Binary(Buffer.alloc(32, 7)),
}
const transaction = { lsid, txnNumber: Long.ONE }
const first = { ts: new Timestamp({ t: 0, i: 0 }), t: Long.fromInt(-1) }
const later = { ts: new Timestamp({ t: 9, i: 1 }), t: Long.ONE }
const write = (op: string, ns = 'ward.visits') => ({ op, ns, o: { _id: 1 } })
const command = (o: Document, ns = 'ward.$cmd') => ({ op: 'c', ns, o })

function tallied(
  entries: readonly Document[],
  isWanted = (name: string) => name.startsWith('ward'),
) {
  const tally = new WriteTally(isWanted)
  entries.forEach((fields, at) => {
    tally.take(entryOf({ seconds: at + 1, ordinal: 1 }, fields).bytes)
  })
  return tally
}

test('writes are counted by collection and kind, commands by name, noops and other databases not at all', () => {
  const tally = tallied([
    write('i'),
    write('i'),
    write('u'),
    write('d', 'ward.beds'),
    write('i', 'config.transactions'),
    { op: 'n', ns: '', o: { msg: 'periodic noop' } },
    command({ drop: 'beds' }),
    command({ startIndexBuild: 'visits' }),
    command({ dropDatabase: 1 }),
    command({ renameCollection: 'ward.a', to: 'ward.b' }, 'ward.$cmd'),
  ])
  expect(tally.written()).toEqual({
    'ward.visits': { inserts: 2, updates: 1, deletes: 0, commands: {} },
    'ward.beds': { inserts: 0, updates: 0, deletes: 1, commands: { drop: 1 } },
    ward: { inserts: 0, updates: 0, deletes: 0, commands: { dropDatabase: 1 } },
    'ward.b': { inserts: 0, updates: 0, deletes: 0, commands: { renameCollection: 1 } },
  })
  expect([tally.operations(), tally.entries, tally.last?.seconds]).toEqual([7, 10, 10])
})

test('what $out replaces counts under its own name, whatever its results were called before', () => {
  const results = 'ward.tmp.agg_out.4f1c'
  const tally = tallied(
    [
      command({ create: 'tmp.agg_out.4f1c', temp: true }),
      write('i', results),
      command({ renameCollection: results, to: 'ward.report', dropTarget: new UUID() }),
    ],
    isWrittenIn({ databases: ['ward'] }),
  )
  expect(tally.written()).toEqual({
    'ward.report': { inserts: 0, updates: 0, deletes: 0, commands: { renameCollection: 1 } },
  })
})

test('a collection that was moved out of what counts is counted under the name that it had', () => {
  const moved = command({ renameCollection: 'ward.a', to: 'other.a' }, 'admin.$cmd')
  expect(Object.keys(tallied([moved]).written())).toEqual(['ward.a'])
})

test('what is in an applyOps counts at once, what is in a transaction when that is committed', () => {
  const applyOps = [write('i'), write('d'), write('i', 'other.things')]
  const part = (o: Document, prevOpTime = first) => ({
    ...command(o, 'admin.$cmd'),
    ...transaction,
    prevOpTime,
  })
  expect(tallied([command({ applyOps }, 'admin.$cmd')]).operations()).toBe(2)
  expect(tallied([part({ applyOps })]).operations()).toBe(2)
  const open = part({ applyOps, partialTxn: true })
  expect(tallied([open]).operations()).toBe(0)
  expect(tallied([open, part({ applyOps }, later)]).operations()).toBe(4)
  const prepared = part({ applyOps, prepare: true })
  expect(tallied([prepared, part({ abortTransaction: 1 }, later)]).operations()).toBe(0)
  const committed = tallied([prepared, part({ commitTransaction: 1 }, later)])
  expect([committed.operations(), committed.beganBefore]).toEqual([2, false])
})

test('a transaction that began before the first entry is told, because a part of it is missing', () => {
  const end = { ...command({ applyOps: [write('u')] }, 'admin.$cmd'), ...transaction }
  const tally = tallied([{ ...end, prevOpTime: later }])
  expect([tally.operations(), tally.beganBefore]).toEqual([1, true])
})

test('what is no entry is damage', () => {
  const taken = (fields: Document) => () => tallied([fields])
  expect(failureOf(taken(command({}))).code).toBe('ARCHIVE_CORRUPT')
  expect(failureOf(taken(command({ applyOps: 1 }))).code).toBe('ARCHIVE_CORRUPT')
})

test('what a server counted is added to what was read, and what it left apart is no entry again', () => {
  const tally = tallied([write('i')])
  tally.takeCounted({
    entries: 5,
    last: { seconds: 9, ordinal: 2 },
    writes: [
      { operation: 'i', namespace: 'ward.visits', count: 3 },
      { operation: 'd', namespace: 'other.things', count: 1 },
    ],
  })
  tally.takeApart(entryOf({ seconds: 9, ordinal: 1 }, command({ drop: 'beds' })).bytes)
  expect(tally.written()).toEqual({
    'ward.visits': { inserts: 4, updates: 0, deletes: 0, commands: {} },
    'ward.beds': { inserts: 0, updates: 0, deletes: 0, commands: { drop: 1 } },
  })
  expect([tally.entries, tally.last]).toEqual([6, { seconds: 9, ordinal: 2 }])
})
