import { Long, serialize, setInternalBufferSize, Timestamp, type Document } from 'bson'
import { describe, expect, test } from 'vitest'
import { OplogTally } from '../../../src/archive/oplog/tally.js'
import { archive } from './archiveBuilder.js'
import { failureOf, read } from './feeding.js'

function tally(...entries: Document[]) {
  const counting = new OplogTally()
  entries.forEach((entry, i) => {
    const ts = new Timestamp({ t: 100, i: i + 1 })
    counting.add(Buffer.from(serialize({ ts, ...entry })), 1000 * i)
  })
  return counting.contents(0, () => true)
}

const insert = { op: 'i', ns: 'a.b', o: { _id: 1 } }
const none = { inserts: 0, updates: 0, deletes: 0, commands: 0 }

describe('counting an oplog', () => {
  test('counts writes by namespace and leaves noops out', () => {
    const { entries, writes } = tally(
      insert,
      { op: 'u', ns: 'a.b', o: { $v: 2 }, o2: { _id: 1 } },
      { op: 'd', ns: 'a.c', o: { _id: 1 } },
      { op: 'n', ns: '', o: { msg: 'periodic noop' } },
    )
    expect(entries).toBe(4)
    expect(writes).toEqual({
      'a.b': { ...none, inserts: 1, updates: 1 },
      'a.c': { ...none, deletes: 1 },
    })
  })

  test('counts a command for the collection it names, or for its database', () => {
    const { writes } = tally(
      { op: 'c', ns: 'a.$cmd', o: { create: 'b' } },
      { op: 'c', ns: 'a.$cmd', o: { dropDatabase: 1 } },
      { op: 'c', ns: 'a.$cmd', o: { renameCollection: 'a.b', to: 'c.d' } },
    )
    expect(writes).toEqual({ 'a.b': { ...none, commands: 2 }, 'a.$cmd': { ...none, commands: 1 } })
  })

  test('counts what is inside applyOps, however deep, and not its wrapping', () => {
    const inner = { op: 'c', ns: 'admin.$cmd', o: { applyOps: [insert] } }
    const { writes, entries } = tally(
      { op: 'c', ns: 'admin.$cmd', o: { applyOps: [insert, inner], partialTxn: true } },
      { op: 'c', ns: 'admin.$cmd', o: { commitTransaction: 1 } },
    )
    expect(entries).toBe(2)
    expect(writes).toEqual({ 'a.b': { ...none, inserts: 2 } })
  })

  test('names the views that are written to', () => {
    const views = 'a.system.views'
    const found = tally(
      { op: 'i', ns: views, o: { _id: 'a.v', viewOn: 'b' } },
      { op: 'd', ns: views, o: { _id: 'a.v' } },
      { op: 'd', ns: views, o: { _id: 'a.w' } },
      { op: 'd', ns: views, o: { _id: 5 } },
    )
    expect(found.views).toEqual(['a.v', 'a.w'])
    expect(found.writes[views]).toEqual({ ...none, inserts: 1, deletes: 3 })
  })

  test('says nothing of time where there is no entry', () => {
    expect(tally()).toEqual({ entries: 0, bytes: 0, writes: {} })
  })

  test('knows timestamps beyond 2038', () => {
    const ts = new Timestamp({ t: 0xf0000000, i: 0xf0000001 })
    expect(tally({ ...insert, ts }).first).toEqual({ seconds: 0xf0000000, ordinal: 0xf0000001 })
  })

  test.each<[string, Document, string]>([
    ['without a timestamp', { ts: 5 }, 'has no timestamp'],
    ['earlier than the one before', { ts: new Timestamp({ t: 100, i: 0 }) }, 'order of time'],
    ['without an operation', { op: 5 }, 'states no operation'],
    ['with an empty command', { op: 'c', o: {} }, 'is empty'],
    ['with a command that is no document', { op: 'c', o: 1 }, 'is empty'],
    ['with an applyOps of text', { op: 'c', o: { applyOps: 'x' } }, 'applyOps'],
    ['with an applyOps of numbers', { op: 'c', o: { applyOps: [1] } }, 'holds no operation'],
  ])('refuses an entry %s', (_, change, says) => {
    const failure = failureOf(() => tally(insert, { ...insert, ...change }))
    expect(failure.code).toBe('ARCHIVE_CORRUPT')
    expect(failure.message).toContain(says)
    expect(failure.facts['byte']).toBeGreaterThanOrEqual(1000)
  })

  test('refuses applyOps nested without end', () => {
    let nested: Document = insert
    for (let i = 0; i < 20; i++) nested = { op: 'c', ns: 'admin.$cmd', o: { applyOps: [nested] } }
    expect(failureOf(() => tally(nested)).message).toContain('applyOps of the oplog is malformed')
  })
})

describe('an oplog entry around a large document', () => {
  const limit = 16 * 1024 * 1024
  /** An archive with an entry of so many bytes: servers write some that are larger than any document. */
  const withEntry = (bytes: number) => {
    setInternalBufferSize(32 * 1024 * 1024)
    const entry = (text: string) => ({ ...insert, ts: new Timestamp(Long.ONE), o: { text } })
    const around = serialize(entry('')).length
    const documents = [entry('x'.repeat(bytes - around))]
    return archive([
      { db: 'a', collection: 'b' },
      { db: '', collection: 'oplog', documents, metadata: '', type: '' },
    ])
  }

  test('may be as large as the largest document', () => {
    expect(read(withEntry(limit)).oplog).toMatchObject({ entries: 1, bytes: limit })
  })

  test('beyond that it makes an archive that is whole, and that mongorestore refuses', () => {
    const bytes = withEntry(limit + 1)
    const failure = failureOf(() => read(bytes))
    expect(failure).toMatchObject({ code: 'ARCHIVE_ENTRY_TOO_LARGE', kind: 'integrity' })
    expect(failure.facts['bytes']).toBe(limit + 1)
    expect(bytes.readInt32LE(Number(failure.facts['byte']))).toBe(limit + 1)
    // A file that is damaged as well is called damaged.
    expect(failureOf(() => read(bytes.subarray(0, -20))).code).toBe('ARCHIVE_TRUNCATED')
  })
})
