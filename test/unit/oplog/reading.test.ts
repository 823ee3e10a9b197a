import { serialize, Timestamp } from 'bson'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cutEntries } from '../../../src/archive/oplog/cutEntries.js'
import { pointOf } from '../../../src/archive/oplog/point.js'
import { SliceTally } from '../../../src/archive/oplog/sliceTally.js'
import { entryOf } from '../../fakes/oplog.js'

async function* inParts(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size)
    yield await Promise.resolve(bytes.subarray(at, at + size))
}

async function cut(bytes: Buffer, size: number): Promise<Buffer[]> {
  const found: Buffer[] = []
  for await (const entry of cutEntries(inParts(bytes, size))) found.push(Buffer.from(entry))
  return found
}

describe('cutting a stream into entries', () => {
  test('gives every document whole, however the stream is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ text: fc.string({ maxLength: 50 }) }), { maxLength: 10 }),
        fc.integer({ min: 1, max: 40 }),
        async (documents, size) => {
          const all = documents.map((document) => Buffer.from(serialize(document)))
          expect(await cut(Buffer.concat(all), size)).toEqual(all)
        },
      ),
    )
  })

  test('an end inside one is damage, as is a length that no entry has', async () => {
    const one = Buffer.from(serialize({ a: 1 }))
    await expect(cut(one.subarray(0, -1), 3)).rejects.toMatchObject({ code: 'ARCHIVE_TRUNCATED' })
    await expect(cut(one.subarray(0, 2), 3)).rejects.toMatchObject({ code: 'ARCHIVE_TRUNCATED' })
    const forged = Buffer.from(one)
    forged.writeInt32LE(-1, 0)
    await expect(cut(forged, 3)).rejects.toMatchObject({ code: 'ARCHIVE_CORRUPT' })
  })
})

describe('the tally of a slice', () => {
  const at = (seconds: number) => ({ seconds, ordinal: 1 })
  const start = entryOf(at(1), { op: 'n', ns: '', o: {} }).point

  function tallied(...entries: readonly object[]) {
    const tally = new SliceTally(start)
    entries.forEach((fields, index) => {
      tally.add(entryOf(at(2 + index), fields).bytes)
    })
    return tally.contents()
  }

  const imported = { op: 'c', ns: 'a.$cmd', o: { importCollection: 'x' } }
  const inserted = { op: 'i', ns: 'a.b', o: {} }

  test('finds all that is refused later, inside applyOps too, and names each', () => {
    const found = tallied(
      inserted,
      { op: 'c', ns: 'admin.$cmd', o: { applyOps: [inserted, imported] } },
      inserted,
      { op: 'c', ns: 'a.$cmd', o: { convertToCapped: 'x', size: 1 } },
    )
    expect(found.refusals).toEqual([
      { at: at(3), what: 'the command importCollection on a.x' },
      { at: at(5), what: 'the command convertToCapped on a.x' },
    ])
  })

  test('tells what comes after very many with the last of them', () => {
    const { refusals = [] } = tallied(...Array.from({ length: 300 }, () => imported))
    expect(refusals).toHaveLength(200)
    expect(refusals.at(-1)).toMatchObject({ at: at(201), last: at(301) })
  })

  test('finds nothing in what the splice takes: renamings, what is made and changed, transactions', () => {
    const own = { lsid: { id: 1 }, txnNumber: 1 }
    const view = { _id: 'a.v', viewOn: 'b', pipeline: [] }
    const granularity = { spipeline: { s0: { s$_internalUnpackBucket: { u: { x: 1 } } } } }
    const found = tallied(
      { op: 'n', ns: 'admin.system.version', o: { msg: 'x' } },
      { op: 'c', ns: 'a.$cmd', o: { renameCollection: 'a.b', to: 'a.c', dropTarget: true } },
      { op: 'c', ns: 'a.$cmd', o: { create: 'renameCollection' } },
      { op: 'c', ns: 'a.$cmd', o: { createIndexes: 'b', name: 'x_1', key: { x: 1 } } },
      { op: 'c', ns: 'a.$cmd', o: { collMod: 'old', index: { name: 'x_1', hidden: true } } },
      { op: 'c', ns: 'a.$cmd', o: { collMod: 'old', validator: {} } },
      { op: 'c', ns: 'a.$cmd', o: { dropIndexes: 'old', index: 'x_1' } },
      { op: 'c', ns: 'a.$cmd', o: { dropDatabase: 1 } },
      { op: 'i', ns: 'a.system.views', o: view },
      {
        op: 'u',
        ns: 'a.system.views',
        o: { $v: 2, diff: { u: { viewOn: 'c' } } },
        o2: { _id: 'a.old' },
      },
      { op: 'u', ns: 'a.system.views', o: { $v: 2, diff: granularity }, o2: { _id: 'a.series' } },
      { op: 'i', ns: 'a.b', o: { renameCollection: 'a.b' } },
      {
        op: 'c',
        ns: 'admin.$cmd',
        ...own,
        prevOpTime: { ts: new Timestamp(9n) },
        o: { applyOps: [inserted] },
      },
    )
    expect(found.refusals).toBeUndefined()
  })

  test('a prepared transaction is open until its commit or its abort', () => {
    const own = { lsid: { id: 1 }, txnNumber: 1 }
    const prepared = { op: 'c', ns: 'admin.$cmd', ...own, o: { applyOps: [], prepare: true } }
    expect(tallied(prepared).openTransactions).toMatchObject([{ since: at(2) }])
    for (const end of ['commitTransaction', 'abortTransaction']) {
      const ended = { op: 'c', ns: 'admin.$cmd', ...own, o: { [end]: 1 } }
      expect(tallied(prepared, ended).openTransactions).toEqual([])
    }
    const other = {
      op: 'c',
      ns: 'admin.$cmd',
      lsid: { id: 2 },
      txnNumber: 1,
      o: { commitTransaction: 1 },
    }
    expect(tallied(prepared, other).openTransactions).toHaveLength(1)
  })

  test('entries out of order, and what is no entry, are damage', () => {
    const tally = new SliceTally(start)
    const again = entryOf(at(1), { op: 'n', ns: '', o: {} }).bytes
    expect(() => {
      tally.add(again)
    }).toThrow('not in the order of time')
    expect(() => pointOf(serialize({ op: 'i' }))).toThrow('has no timestamp')
  })
})
