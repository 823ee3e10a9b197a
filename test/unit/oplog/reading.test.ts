import { serialize } from 'bson'
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

  test('finds what no replay carries inside applyOps, and names the first', () => {
    const rename = { op: 'c', ns: 'a.$cmd', o: { renameCollection: 'a.b', to: 'a.c' } }
    const found = tallied(
      { op: 'i', ns: 'a.b', o: {} },
      { op: 'c', ns: 'admin.$cmd', o: { applyOps: [{ op: 'i', ns: 'a.b', o: {} }, rename] } },
      { op: 'c', ns: 'a.$cmd', o: { convertToCapped: 'x', size: 1 } },
    )
    expect(found.unsafeToReplay).toEqual({ at: at(3), what: 'renameCollection a.b' })
  })

  test.each([
    [{ op: 'c', ns: 'a.$cmd', o: { importCollection: 'x' } }, 'importCollection a.x'],
    [
      { op: 'u', ns: 'admin.system.version', o: { $set: {} }, o2: {} },
      'a change of admin.system.version',
    ],
  ])('%j is found', (entry, what) => {
    expect(tallied(entry).unsafeToReplay?.what).toBe(what)
  })

  test('finds nothing in what every day brings', () => {
    const found = tallied(
      { op: 'n', ns: 'admin.system.version', o: { msg: 'x' } },
      { op: 'c', ns: 'a.$cmd', o: { create: 'renameCollection' } },
      { op: 'c', ns: 'a.$cmd', o: { createIndexes: 'b', name: 'x_1' } },
      { op: 'i', ns: 'a.b', o: { renameCollection: 'a.b' } },
    )
    expect(found.unsafeToReplay).toBeUndefined()
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
