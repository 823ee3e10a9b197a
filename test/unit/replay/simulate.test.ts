import { serialize, type Document } from 'bson'
import { expect, test } from 'vitest'
import { writtenId } from '../../../src/archive/oplog/documentWrite.js'
import { keyIn, type KeptWrite } from '../../../src/procedures/replay/readWrites.js'
import { ReplayCounts } from '../../../src/procedures/replay/replayCounts.js'
import { simulate, type LiveDocument } from '../../../src/procedures/replay/simulate.js'
import { entryOf } from '../../fakes/oplog.js'

const namespace = 'ward.visits'
const bytes = (document: Document) => Buffer.from(serialize(document))
const keyOf = (id: number) => keyIn(namespace, bytes({ _id: id }))

function write(op: 'i' | 'u' | 'd', o: Document, o2?: Document): KeptWrite {
  const fields = { op, ns: namespace, o, ...(o2 ? { o2 } : {}) }
  const { bytes: raw } = entryOf({ seconds: 1, ordinal: 1 }, fields)
  const id = writtenId(raw)
  const kind = op === 'i' ? 'insert' : op === 'u' ? 'update' : 'delete'
  return { kind, namespace, id, key: keyIn(namespace, id), raw }
}

const insert = (id: number, more: Document = {}) => write('i', { _id: id, ...more })
const set = (id: number, fields: Document) =>
  write('u', { $v: 2, diff: { u: fields } }, { _id: id })
const remove = (id: number) => write('d', { _id: id })
const nothing = () => undefined

function live(documents: Record<number, Document | 'changed' | undefined>) {
  return new Map<string, LiveDocument>(
    Object.entries(documents).map(([id, one]) => [
      keyOf(Number(id)),
      one === 'changed'
        ? { state: 'unfit', because: 'somebody wrote to it since the restore' }
        : { state: 'restored', ...(one ? { document: bytes(one) } : {}) },
    ]),
  )
}

/** What an earlier run made of a document, with so many of its writes. */
function played(id: number, writes: number, document?: Document): [string, LiveDocument] {
  const own = document ? { document: bytes(document) } : {}
  return [keyOf(id), { state: 'played', writes, ...own }]
}

function simulated(
  units: readonly (readonly KeptWrite[])[],
  start: ReadonlyMap<string, LiveDocument>,
  why: (write: KeptWrite) => string | undefined = nothing,
) {
  const counts = new ReplayCounts()
  const changes = simulate(units, start, { why, whyUnfit: nothing }, counts)
  return { changes, counts: counts.all() }
}

test('writes are played back one on the other, and a document changes once', () => {
  const units = [[insert(1, { a: 1 })], [set(1, { a: 2 })], [set(2, { a: 5 })], [remove(3)]]
  const start = live({ 1: undefined, 2: { _id: 2, a: 4 }, 3: { _id: 3 } })
  const { changes, counts } = simulated(units, start)
  expect(changes.map(({ before, after }) => [before, after])).toEqual([
    [undefined, bytes({ _id: 1, a: 2 })],
    [bytes({ _id: 2, a: 4 }), bytes({ _id: 2, a: 5 })],
    [bytes({ _id: 3 }), undefined],
  ])
  expect(counts).toEqual([
    { namespace, inserts: 1, updates: 2, deletes: 1, alreadyThere: 0, leftOut: 0, conflicts: [] },
  ])
})

test('what is made and goes again changes nothing', () => {
  const { changes } = simulated([[insert(1)], [remove(1)]], live({ 1: undefined }))
  expect(changes).toEqual([])
})

test('what somebody wrote to since is left alone', () => {
  const units = [[set(1, { a: 2 })], [insert(2)]]
  const { changes, counts } = simulated(units, live({ 1: 'changed', 2: undefined }))
  expect(changes.map(({ key }) => key)).toEqual([keyOf(2)])
  expect(counts[0]?.conflicts).toEqual([
    { because: 'somebody wrote to it since the restore', count: 1, ids: ['1'] },
  ])
})

test('behind a write that is left out, or does not fit, later ones to the same document are not played back', () => {
  const units = [[set(1, { a: 2 })], [set(1, { a: 3 })], [insert(2, { b: 1 })], [set(2, { b: 2 })]]
  const start = live({ 1: { _id: 1, a: 1 }, 2: { _id: 2, other: true } })
  const first = units[0]?.[0]
  const { changes, counts } = simulated(units, start, (one) => (one === first ? 'no' : undefined))
  expect(changes).toEqual([])
  expect(counts[0]).toMatchObject({ updates: 0, leftOut: 1 })
  expect(counts[0]?.conflicts.map(({ because, count }) => [because, count])).toEqual([
    ['an earlier write to it is not played back', 2],
    ['it is there already, with other content', 1],
  ])
})

test('a transaction is played back whole or not at all, and its documents change together', () => {
  const whole = [insert(1), insert(2)]
  const { changes } = simulated([whole], live({ 1: undefined, 2: undefined }))
  expect(new Set(changes.map(({ tie }) => tie)).size).toBe(1)
  const torn = simulated([whole], live({ 1: 'changed', 2: undefined }))
  expect(torn.changes).toEqual([])
  expect(torn.counts[0]?.conflicts.map(({ because }) => because)).toEqual([
    'somebody wrote to it since the restore',
    'another write of its transaction does not fit',
  ])
  const out = simulated([whole], live({ 1: undefined, 2: undefined }), ({ key }) =>
    key === keyOf(1) ? 'no' : undefined,
  )
  expect([out.changes, out.counts[0]?.leftOut]).toEqual([[], 2])
})

test('what an earlier run played back is there already, and holds nothing up', () => {
  const units = [[insert(1)], [set(1, { a: 1 })], [set(2, { a: 1 })]]
  const start = new Map([...live({ 2: { _id: 2, a: 0 } }), played(1, 2, { _id: 1, a: 1 })])
  const { changes, counts } = simulated(units, start)
  expect(changes.map(({ key }) => key)).toEqual([keyOf(2)])
  expect(counts[0]).toMatchObject({ inserts: 0, updates: 1, alreadyThere: 2, conflicts: [] })
})

test('a later run goes on behind what an earlier one played back, and transactions stay whole', () => {
  const units = [[insert(1, { a: 0 })], [set(1, { a: 1 }), insert(2)], [remove(3)]]
  const start = new Map([...live({ 2: undefined }), played(1, 1, { _id: 1, a: 0 }), played(3, 1)])
  const { changes, counts } = simulated(units, start)
  expect(changes.map(({ writes, before, after }) => [writes, before, after])).toEqual([
    [2, bytes({ _id: 1, a: 0 }), bytes({ _id: 1, a: 1 })],
    [1, undefined, bytes({ _id: 2 })],
  ])
  expect(new Set(changes.map(({ tie }) => tie)).size).toBe(1)
  expect(counts[0]).toMatchObject({ inserts: 1, updates: 1, alreadyThere: 2 })
  const spoilt = new Map([...start, ...live({ 2: 'changed' })])
  const torn = simulated(units, spoilt)
  expect(torn.changes).toEqual([])
  expect(torn.counts[0]?.conflicts.map(({ count }) => count)).toEqual([1, 1])
})

test('what an earlier run played back of a transaction is not left out any more, and the rest fits or is a conflict', () => {
  const units = [[insert(1), insert(2)], [remove(2)]]
  const start = new Map([...live({ 2: undefined }), played(1, 1, { _id: 1 })])
  const again = simulated(units, start)
  expect([again.changes, again.counts[0]?.conflicts]).toEqual([[], []])
  const taken = simulated(units, new Map([...start, ...live({ 2: { _id: 2, other: 1 } })]))
  expect(taken.changes).toEqual([])
  expect(taken.counts[0]).toMatchObject({ alreadyThere: 1 })
  expect(taken.counts[0]?.conflicts.map(({ count }) => count)).toEqual([1, 1])
})
