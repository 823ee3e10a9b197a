import { Binary, deserialize, Long, Timestamp, type Document } from 'bson'
import { describe, expect, test } from 'vitest'
import { ArchiveReader } from '../../../src/archive/reader.js'
import { selectNamespaces, type Selection } from '../../../src/archive/select.js'
import { archive, type Namespace } from './archiveBuilder.js'
import { collect, failureIn, fixture, randomly, read, seeded, streamed } from './feeding.js'

const medical: Selection = {
  keep: ({ database }) => database === 'medical',
  rename: [{ from: 'medical', to: 'copy' }],
}
const patients: Selection = {
  keep: ({ database, collection }) => database === 'medical' && collection === 'patients',
}

const select = (bytes: Uint8Array, selection: Selection) =>
  collect(selectNamespaces(streamed([bytes]), selection))

const namespaces: readonly Namespace[] = [
  { db: 'medical', collection: 'patients', documents: [{ _id: 1 }] },
  { db: 'medical', collection: 'notes', documents: [{ _id: 1 }] },
  { db: 'billing', collection: 'invoices', documents: [{ _id: 1 }] },
]

/** What becomes of the entries of an oplog. */
async function replayed(selection: Selection, ...entries: Document[]): Promise<Document[]> {
  const documents = entries.map((entry, i) => ({ ts: new Timestamp({ t: 1, i: i + 1 }), ...entry }))
  const oplog = { db: '', collection: 'oplog', metadata: '', type: '', documents }
  const selected = await select(archive([...namespaces, oplog]), selection)
  const left: Document[] = []
  const reader = new ArchiveReader({
    documents: {
      of: (namespace) => namespace === '.oplog',
      each: (document) => {
        const entry = deserialize(document)
        delete entry['ts']
        left.push(entry)
      },
    },
  })
  reader.feed(selected)
  reader.end()
  return left
}

const write = (op: string, ns: string) => ({ op, ns, o: { _id: 1 } })
const command = (database: string, o: Document) => ({ op: 'c', ns: `${database}.$cmd`, o })

describe('selecting everything', () => {
  test.each(['plain.archive', 'oplog.archive', 'no-collections.archive'])(
    'of %s gives the same bytes, in whatever chunks it comes',
    async (name) => {
      const bytes = fixture(name)
      for (const longest of [1, 50, 3000, 100_000]) {
        const parts = streamed(randomly(bytes, seeded(longest), longest))
        const selected = await collect(selectNamespaces(parts, { keep: () => true }))
        expect(selected.equals(bytes)).toBe(true)
      }
    },
  )
})

describe('selecting a part', () => {
  test('gives an archive of the namespaces kept, with equal contents', async () => {
    const bytes = fixture('oplog.archive')
    const selected = read(
      await select(bytes, { keep: ({ database }) => database === 'medical_records' }),
      { deep: true },
    )
    const whole = read(bytes)
    const kept = Object.entries(whole.namespaces).filter(
      ([, { database }]) => database === 'medical_records',
    )
    expect(selected.namespaces).toEqual(Object.fromEntries(kept))
    const { 'billing.invoices': dropped, ...writes } = whole.oplog?.writes ?? {}
    expect(dropped).toBeDefined()
    expect(selected.oplog?.writes).toEqual(writes)
  })

  test('under another name renames everything that names the database', async () => {
    const bytes = fixture('oplog.archive')
    const selected = await select(bytes, {
      keep: ({ database }) => database === 'medical_records',
      rename: [{ from: 'medical_records', to: 'medical_copy' }],
    })
    const { namespaces, oplog } = read(selected, { deep: true })
    expect(namespaces['medical_copy.vitals']).toMatchObject({
      type: 'timeseries',
      storedAs: 'system.buckets.vitals',
      documents: 4,
    })
    const names = [...Object.keys(namespaces), ...Object.keys(oplog?.writes ?? {})]
    expect(names.every((name) => name.startsWith('medical_copy.'))).toBe(true)
    expect(selected.includes('medical_records')).toBe(false)
  })

  test('keeps both halves of a time-series, or neither', async () => {
    const bytes = fixture('plain.archive')
    const asked = new Set<string>()
    const selected = await select(bytes, {
      keep: ({ collection }) => {
        asked.add(collection)
        return collection === 'vitals'
      },
    })
    expect(Object.keys(read(selected).namespaces)).toEqual(['medical_records.vitals'])
    expect([...asked].filter((name) => name.startsWith('system.buckets'))).toEqual([])
  })

  test('can leave the oplog out', async () => {
    const selected = await select(fixture('oplog.archive'), { keep: () => true, oplog: 'drop' })
    expect(read(selected).oplog).toBeUndefined()
  })

  test('reads no further than its taker has come, and passes large parts without copying', async () => {
    const large = archive([
      {
        db: 'a',
        collection: 'b',
        documents: [{ text: 'x'.repeat(300_000) }, { text: 'y'.repeat(300_000) }],
      },
    ])
    const parts: Buffer[] = []
    for await (const part of selectNamespaces(streamed([large]), { keep: () => true }))
      parts.push(part)
    expect(parts.some((part) => part.buffer === large.buffer && part.length > 500_000)).toBe(true)
  })

  test('finds damage in what it drops', async () => {
    const bytes = fixture('plain.archive')
    const none = { keep: () => false }
    expect(await failureIn(select(bytes.subarray(0, -10), none))).toMatchObject({
      code: 'ARCHIVE_TRUNCATED',
    })
    const damaged = Buffer.from(bytes)
    damaged.write('PATIENT', bytes.indexOf('Patient 7'))
    expect(await failureIn(select(damaged, none))).toMatchObject({ code: 'ARCHIVE_CRC_MISMATCH' })
  })

  test('refuses to make one namespace of two', async () => {
    const both = { keep: () => true, rename: [{ from: 'medical', to: 'other' }] }
    const bytes = archive([...namespaces, { db: 'other', collection: 'notes' }])
    expect(await failureIn(select(bytes, both))).toMatchObject({
      kind: 'refused',
      code: 'SELECTION_COLLIDES',
    })
  })

  test.each(['', 'a.b', 'a b', 'a/b', '$a', 'x'.repeat(64)])(
    'refuses %j for the name of a database',
    async (to) => {
      const selection = { keep: () => true, rename: [{ from: 'medical', to }] }
      expect(await failureIn(select(archive([]), selection))).toMatchObject({
        kind: 'usage',
        code: 'DATABASE_NAME_INVALID',
      })
    },
  )
})

describe('selecting from the oplog', () => {
  test('keeps and renames the writes of what is kept', async () => {
    const ui = new Binary(Buffer.alloc(16, 7), 4)
    const left = await replayed(
      medical,
      { ...write('i', 'medical.patients'), ui },
      write('i', 'billing.invoices'),
      { op: 'u', ns: 'medical.notes', o: { $v: 2, diff: { u: { a: 1 } } }, o2: { _id: 5 } },
      write('d', 'medical.system.buckets.vitals'),
    )
    expect(left).toEqual([
      { ...write('i', 'copy.patients'), ui },
      { op: 'u', ns: 'copy.notes', o: { $v: 2, diff: { u: { a: 1 } } }, o2: { _id: 5 } },
      write('d', 'copy.system.buckets.vitals'),
    ])
  })

  test('keeps noops of no namespace, and drops those that hold documents of what is dropped', async () => {
    const noop = { op: 'n', ns: '', o: { msg: 'periodic noop' } }
    const image = write('n', 'billing.invoices')
    expect(await replayed(medical, noop, image)).toEqual([noop])
  })

  test('keeps commands on the collections kept', async () => {
    const left = await replayed(
      { ...patients, rename: medical.rename ?? [] },
      command('medical', { createIndexes: 'patients', key: { a: 1 }, name: 'a_1' }),
      command('medical', { create: 'notes' }),
      command('medical', { drop: 'patients' }),
      command('billing', { collMod: 'invoices' }),
      command('medical', { dbCheck: 'medical.patients' }),
    )
    expect(left).toEqual([
      command('copy', { createIndexes: 'patients', key: { a: 1 }, name: 'a_1' }),
      command('copy', { drop: 'patients' }),
    ])
  })

  test('keeps every entry of a transaction, with the operations that are kept', async () => {
    const lsid = { id: 1 }
    const chained = (applyOps: Document[], more: Document = {}) => ({
      ...command('admin', { applyOps, ...more }),
      lsid,
      txnNumber: Long.fromNumber(3),
    })
    const left = await replayed(
      medical,
      chained([write('i', 'medical.patients'), write('i', 'billing.invoices')], {
        partialTxn: true,
      }),
      chained([write('i', 'billing.invoices')], { partialTxn: true }),
      chained([write('d', 'medical.patients')], { count: 4 }),
    )
    const kept = (applyOps: Document[], more: Document = {}) => ({
      ...command('admin', { applyOps, ...more }),
      lsid,
      txnNumber: 3,
    })
    expect(left).toEqual([
      kept([write('i', 'copy.patients')], { partialTxn: true }),
      kept([], { partialTxn: true }),
      kept([write('d', 'copy.patients')]),
    ])
  })

  test('leaves a transaction as it is where all of it is kept', async () => {
    const whole = command('admin', { applyOps: [write('i', 'medical.patients')], count: 1 })
    expect(await replayed(patients, whole)).toEqual([whole])
  })

  test('keeps the ends of prepared transactions', async () => {
    const commit = command('admin', { commitTransaction: 1 })
    const abort = command('admin', { abortTransaction: 1 })
    expect(await replayed(medical, commit, abort)).toEqual([commit, abort])
  })

  test('keeps the dropping of a database only where all of it is kept', async () => {
    const drops = [command('medical', { dropDatabase: 1 }), command('billing', { dropDatabase: 1 })]
    expect(await replayed(medical, ...drops)).toEqual([command('copy', { dropDatabase: 1 })])
    expect(await replayed(patients, ...drops)).toEqual([])
  })

  test('knows views by the name they are written under', async () => {
    const views = 'medical.system.views'
    const left = await replayed(
      {
        ...patients,
        keep: ({ collection }) => ['patients', 'adults'].includes(collection),
        rename: medical.rename ?? [],
      },
      command('medical', { create: 'system.views' }),
      { op: 'i', ns: views, o: { _id: 'medical.adults', viewOn: 'patients' } },
      { op: 'i', ns: views, o: { _id: 'medical.other', viewOn: 'patients' } },
      { op: 'u', ns: views, o: { $v: 2 }, o2: { _id: 'medical.adults' } },
      { op: 'd', ns: views, o: { _id: 'medical.adults' } },
    )
    expect(left).toEqual([
      command('copy', { create: 'system.views' }),
      { op: 'i', ns: 'copy.system.views', o: { _id: 'copy.adults', viewOn: 'patients' } },
      { op: 'u', ns: 'copy.system.views', o: { $v: 2 }, o2: { _id: 'copy.adults' } },
      { op: 'd', ns: 'copy.system.views', o: { _id: 'copy.adults' } },
    ])
  })

  test('makes the views of a database that was born while the dump ran', async () => {
    const born = [
      command('young', { create: 'system.views' }),
      { op: 'i', ns: 'young.system.views', o: { _id: 'young.v', viewOn: 'c' } },
    ]
    expect(await replayed({ keep: () => true }, ...born)).toEqual(born)
    expect(await replayed(medical, ...born)).toEqual([])
  })

  test('renames both names of a collection renamed within what is kept', async () => {
    const rename = { renameCollection: 'medical.patients', to: 'medical.people', dropTarget: true }
    expect(await replayed(medical, command('medical', rename))).toEqual([
      command('copy', { renameCollection: 'copy.patients', to: 'copy.people', dropTarget: true }),
    ])
    const elsewhere = { renameCollection: 'billing.a', to: 'billing.b' }
    expect(await replayed(medical, command('billing', elsewhere))).toEqual([])
  })

  test.each<[string, Document]>([
    [
      'a collection renamed across its edge',
      command('medical', { renameCollection: 'medical.notes', to: 'medical.patients' }),
    ],
    ['a renaming without a name', command('medical', { renameCollection: 'medical.notes' })],
    [
      'a command it does not know, on what is kept',
      command('medical', { somethingNew: 'patients' }),
    ],
    ['a command it does not know, on all', command('admin', { setSomething: 1 })],
    [
      'the dropping of all views of a database kept in part',
      command('medical', { drop: 'system.views' }),
    ],
    ['an operation of no namespace', { op: 'z', ns: '', o: {} }],
    ['a write to no view', { op: 'i', ns: 'medical.system.views', o: { _id: 5 } }],
  ])('refuses %s', async (_, entry) => {
    const failure = await failureIn(replayed(patients, entry))
    expect(failure).toMatchObject({ kind: 'refused', code: 'OPLOG_CANNOT_SELECT' })
    expect(failure.facts['byte']).toBeTypeOf('number')
  })

  test('drops commands it does not know on databases of which nothing is kept', async () => {
    expect(await replayed(medical, command('billing', { somethingNew: 'invoices' }))).toEqual([])
  })

  test('writes a checksum that is that of the entries left', async () => {
    const selected = await select(fixture('oplog.archive'), patients)
    expect(() => read(selected)).not.toThrow()
  })
})
