import { deserialize, serialize, type Document } from 'bson'
import { expect, test } from 'vitest'
import { spliceOplog } from '../../../../src/archive/splice.js'
import type { ApplyOperations } from '../../../../src/archive/splice/batches.js'
import { streamed } from '../feeding.js'
import {
  at,
  base,
  command,
  entry,
  insert,
  meeting,
  oplogOf,
  part,
  patients,
  said,
} from './scene.js'

/** Splices what follows ordinal 10; tells what was carried out beside it, in which batches, and what mongorestore gets. */
async function spliced(
  recorded: readonly Document[],
  refuse: (operation: Document) => boolean = () => false,
  own: readonly Document[] = [],
) {
  const batches: Document[][] = []
  const passedBefore: number[] = []
  const parts: Buffer[] = []
  const apply: ApplyOperations = async (operations) => {
    passedBefore.push(parts.reduce((bytes, { length }) => bytes + length, 0))
    const decoded = operations.map((raw) => deserialize(raw))
    const first = decoded.findIndex(refuse)
    const taken = first < 0 ? decoded : decoded.slice(0, first)
    if (taken.length > 0) batches.push(taken)
    return Promise.resolve(taken.length)
  }
  const stream = spliceOplog(streamed([base([patients], [...own])]), {
    entries: streamed([meeting, ...recorded].map((one) => serialize(one))),
    until: at(10 + recorded.length),
    apply,
  })
  for await (const chunk of stream) parts.push(Buffer.from(chunk))
  const left = oplogOf(Buffer.concat(parts))
  return { batches: batches.map(said), raw: batches.flat(), left: said(left), passedBefore }
}

const one = insert('patients', { _id: 3 })
const two = insert('patients', { _id: 4 })
const change = {
  op: 'u',
  ns: 'clinic.patients',
  o2: { _id: 3 },
  o: { $v: 2, diff: { u: { a: 1 } } },
}

test('writes are carried out together, and mongorestore gets none of them', async () => {
  const { batches, left } = await spliced([entry(11, one), entry(12, two), entry(13, change)])
  expect(batches).toEqual([said([one, two, change])])
  expect(left).toEqual([])
})

test('an operation is sent with what mongorestore would send of it, and no more', async () => {
  const recorded = {
    ...change,
    ui: Buffer.alloc(16),
    lsid: { id: 1 },
    txnNumber: 7n,
    wall: new Date(0),
    v: 2n,
    t: 1n,
  }
  const { raw } = await spliced([entry(11, recorded)])
  const [sent = {}] = raw
  expect(Object.keys(sent).sort()).toEqual(['ns', 'o', 'o2', 'op', 't', 'ts', 'v'])
})

test('nothing is carried out before all of the base, and that an oplog begins, was passed on', async () => {
  const { passedBefore } = await spliced([entry(11, one)])
  const whole = base()
  // What ends the base's oplog is still held back.
  expect(passedBefore[0]).toBeGreaterThan(whole.length - 1_000)
})

test('a command stands alone, between what was written before it and after', async () => {
  const made = command({ create: 'visits' })
  const later = insert('visits', { _id: 1 })
  const { batches } = await spliced([
    entry(11, one),
    entry(12, made),
    entry(13, later),
    entry(14, two),
  ])
  expect(batches).toEqual([said([one]), said([made]), said([later, two])])
})

test('more than a thousand operations are several batches', async () => {
  const many = Array.from({ length: 2_300 }, (_, at) =>
    entry(11 + at, insert('patients', { _id: 100 + at })),
  )
  const { batches } = await spliced(many)
  expect(batches.map(({ length }) => length)).toEqual([1_000, 1_000, 300])
  expect(batches.flat()).toEqual(said(many))
})

test('no batch has more than four megabytes, unless one operation has', async () => {
  const of = (id: number, megabytes: number) =>
    insert('patients', { _id: id, text: 'x'.repeat(megabytes * 1024 * 1024) })
  const { batches } = await spliced([
    entry(11, of(3, 3)),
    entry(12, of(4, 3)),
    entry(13, of(5, 6)),
    entry(14, one),
  ])
  expect(batches.map((batch) => batch.length)).toEqual([1, 1, 1, 1])
})

test('a transaction counts when it is committed, in its place, and never where it was given up or is open at the end', async () => {
  const { batches, left } = await spliced([
    part(11, [one], { partialTxn: true }),
    entry(12, two),
    part(13, [change], {}, true),
    part(14, [insert('patients', { _id: 5 })], { prepare: true }, false, 2),
    part(15, [], {}, false, 3),
    entry(16, { ...part(16, [], {}, true, 2), o: { abortTransaction: 1 } }),
    part(17, [insert('patients', { _id: 6 })], { partialTxn: true }, false, 4),
  ])
  expect(batches.flat()).toEqual(said([two, one, change]))
  expect(left).toEqual([])
})

test('operations that servers put together are carried out one after the other', async () => {
  const together = {
    ...command({ applyOps: [one, two] }, 'admin'),
    multiOpType: 1,
    lsid: { id: 1 },
    txnNumber: 1n,
  }
  const { batches } = await spliced([entry(11, together)])
  expect(batches.flat()).toEqual(said([one, two]))
})

test('from the first one that cannot be sent as it is, mongorestore replays, committed transactions as well', async () => {
  const odd = insert('patients', { _id: 'odd' })
  const open = part(11, [one], { partialTxn: true })
  const end = part(15, [change], {}, true)
  const { batches, left } = await spliced(
    [open, entry(12, two), entry(13, odd), entry(14, insert('patients', { _id: 9 })), end],
    ({ o }) => (o as Document)['_id'] === 'odd',
  )
  expect(batches.flat()).toEqual(said([two]))
  expect(left).toEqual(said([odd, insert('patients', { _id: 9 }), one, change]))
})

test('what is left of a transaction whose middle cannot be sent as it is counts as well', async () => {
  const odd = insert('patients', { _id: 'odd' })
  const { batches, left } = await spliced(
    [part(11, [one, odd, two])],
    ({ o }) => (o as Document)['_id'] === 'odd',
  )
  expect(batches.flat()).toEqual(said([one]))
  expect(left).toEqual(said([odd, two]))
})

test('a transaction of more than 32 megabytes is left to mongorestore, entry by entry', async () => {
  const large = (ordinal: number, previous: boolean) =>
    part(
      ordinal,
      [insert('patients', { _id: ordinal, text: 'x'.repeat(12 * 1024 * 1024) })],
      { partialTxn: true },
      previous,
    )
  const { batches, left } = await spliced([
    entry(11, one),
    large(12, false),
    large(13, true),
    large(14, true),
    part(15, [two], {}, true),
  ])
  expect(batches.flat()).toEqual(said([one]))
  expect(left.map(({ op }) => op as string)).toEqual(['c', 'c', 'c', 'c'])
})

test('a transaction that is open where mongorestore takes over is handed to it, and counts when it is committed', async () => {
  const odd = insert('patients', { _id: 'odd' })
  const long = (id: number) => insert('patients', { _id: id, text: 'x'.repeat(70_000) })
  const { batches, left } = await spliced(
    [
      part(11, [one], { partialTxn: true }),
      entry(12, long(7)),
      entry(13, odd),
      entry(14, command({ create: 'visits' })),
      entry(15, long(8)),
      part(16, [change], {}, true),
    ],
    ({ o }) => (o as Document)['_id'] === 'odd',
  )
  expect(batches.flat()).toEqual(said([long(7)]))
  expect(left.map(({ op }) => op as string)).toEqual(['c', 'i', 'c', 'i', 'c'])
  expect(left[0]?.['o']).toMatchObject({ partialTxn: true })
})

test('what somebody wrote is no transaction, whatever the names of its fields', async () => {
  const retried = { lsid: { id: 1 }, txnNumber: 3n }
  const named = insert('patients', { _id: 3, abortTransaction: 1 })
  const replaced = {
    op: 'u',
    ns: 'clinic.patients',
    o2: { _id: 1 },
    o: { _id: 1, applyOps: [], prepare: true },
  }
  const { batches } = await spliced([
    entry(11, { ...named, ...retried }),
    entry(12, { ...replaced, ...retried }),
  ])
  expect(batches.flat()).toEqual(said([named, replaced]))
})

test('what cannot be sent as it is at the very end of the base comes into the oplog, not behind it', async () => {
  const odd = insert('patients', { _id: 'odd' })
  const own = [entry(5, one), entry(6, odd), entry(7, command({ create: 'visits' }))]
  const { batches, left } = await spliced([], ({ o }) => (o as Document)['_id'] === 'odd', own)
  expect(batches.flat()).toEqual(said([one]))
  expect(left).toEqual(said([odd, command({ create: 'visits' })]))
})
