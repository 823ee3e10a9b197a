import { serialize, Timestamp, type Document } from 'bson'
import { describe, expect, test } from 'vitest'
import { selectNamespaces } from '../../../../src/archive/select.js'
import { spliceOplog } from '../../../../src/archive/splice.js'
import { archive } from '../archiveBuilder.js'
import { collect, failureIn, fixture, randomly, seeded, streamed } from '../feeding.js'
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
  spliced,
} from './scene.js'
import { refused, refusedEntries } from './refused.js'

describe('a spliced archive', () => {
  test('holds what was recorded up to the moment asked for, and nothing after', async () => {
    const recorded = [meeting, ...[11, 12, 13].map((i) => entry(i, insert('patients', { _id: i })))]
    const { replayed } = await spliced(base(), recorded, at(12))
    expect(replayed.map(({ o }) => (o as Document)['_id'] as number)).toEqual([11, 12])
  })

  test('is the base byte for byte apart from its oplog, in whatever chunks it comes', async () => {
    const bytes = base()
    const own = bytes.indexOf(Buffer.from('oplog\0\x08EOF'), 0, 'latin1')
    const whole = (await spliced(bytes, [meeting])).bytes
    for (const longest of [1, 70, 5000]) {
      const parts = streamed(randomly(bytes, seeded(longest), longest))
      const entries = streamed([
        serialize(meeting),
        serialize(entry(11, { op: 'n', ns: '', o: {} })),
      ])
      const stream = await collect(spliceOplog(parts, { entries, until: at(11) }))
      expect(stream.equals(whole)).toBe(true)
    }
    expect(whole.subarray(0, own).equals(bytes.subarray(0, own))).toBe(true)
  })

  test('of a real base, up to its own end, replays what the base does', async () => {
    const bytes = fixture('oplog.archive')
    const own = oplogOf(bytes)
    const { t, i } = own.at(-1)?.['ts'] as Timestamp
    const stream = spliceOplog(streamed([bytes]), {
      entries: streamed([]),
      until: { seconds: t, ordinal: i },
    })
    const replayed = oplogOf(await collect(stream))
    const writes = (all: Document[]) => all.filter(({ op }) => ['i', 'u', 'd'].includes(String(op)))
    const kept = writes(own).filter(({ ns }) => !String(ns).startsWith('config.'))
    expect(kept.length).toBeGreaterThan(0)
    expect(writes(replayed)).toEqual(kept)
  })

  test('can be cut into parts further on', async () => {
    const rename = command({
      renameCollection: 'clinic.patients',
      to: 'clinic.people',
      dropTarget: true,
    })
    const { bytes } = await spliced(base(), [meeting, entry(11, rename)])
    const again = await collect(selectNamespaces(streamed([bytes]), { keep: () => true }))
    expect(again.equals(bytes)).toBe(true)
  })

  test('asks for no more than is needed', async () => {
    let asked = 0
    async function* endless() {
      for (let i = 10; ; i++) {
        asked = i
        await Promise.resolve()
        yield serialize(i === 10 ? meeting : entry(i, insert('patients', { _id: i })))
      }
    }
    await collect(spliceOplog(streamed([base()]), { entries: endless(), until: at(20) }))
    expect(asked).toBe(20)
  })
})

describe('refused is', () => {
  test('a base without an oplog', async () => {
    const failure = await refused([meeting], at(11), archive([patients]))
    expect(failure).toMatchObject({ code: 'SPLICE_WITHOUT_OPLOG', kind: 'refused' })
  })

  test('a moment before the base is consistent', async () => {
    const failure = await refused([meeting], at(9))
    expect(failure).toMatchObject({ code: 'SPLICE_BEFORE_BASE', kind: 'not-found' })
    expect(failure.message).toContain('100:10')
  })

  test('what begins after the base ends', async () => {
    const failure = await refused([entry(11, insert('patients', { _id: 1 }))])
    expect(failure).toMatchObject({ code: 'SPLICE_GAP', facts: { latest: at(10) } })
  })

  test('what ends before the moment asked for', async () => {
    const stream = spliceOplog(streamed([base()]), {
      entries: streamed(
        [meeting, entry(11, insert('patients', { _id: 1 }))].map((one) => serialize(one)),
      ),
      until: at(12),
    })
    const failure = await failureIn(collect(stream))
    expect(failure).toMatchObject({ code: 'SPLICE_GAP', facts: { latest: at(11) } })
  })

  test.each<[string, Document[]]>([
    ['differs', [entry(10, { op: 'n', ns: '', o: { msg: 'another' } })]],
    ['is missing', [entry(9, insert('patients', {})), entry(11, insert('patients', {}))]],
  ])('a history in which the last entry of the base %s', async (_, recorded) => {
    expect(await refused(recorded)).toMatchObject({ code: 'SPLICE_DIVERGED', kind: 'integrity' })
  })

  test('what is not in the order of time', async () => {
    const same = entry(11, insert('patients', { _id: 1 }))
    expect(await refused([meeting, same, same])).toMatchObject({ code: 'SPLICE_DISORDER' })
  })

  test('what has no time', async () => {
    const failure = await refused([insert('patients', { _id: 1 })])
    expect(failure.code).toBe('ARCHIVE_CORRUPT')
  })

  test('a base without an oplog', async () => {
    const failure = await refused([meeting], at(11), archive([patients]))
    expect(failure).toMatchObject({ code: 'SPLICE_WITHOUT_OPLOG', kind: 'refused' })
  })

  test('a moment before the base is consistent', async () => {
    const failure = await refused([meeting], at(9))
    expect(failure).toMatchObject({ code: 'SPLICE_BEFORE_BASE', kind: 'not-found' })
    expect(failure.message).toContain('100:10')
  })

  test('what begins after the base ends', async () => {
    const failure = await refused([entry(11, insert('patients', { _id: 1 }))])
    expect(failure).toMatchObject({ code: 'SPLICE_GAP', facts: { latest: at(10) } })
  })

  test('what ends before the moment asked for', async () => {
    const stream = spliceOplog(streamed([base()]), {
      entries: streamed(
        [meeting, entry(11, insert('patients', { _id: 1 }))].map((one) => serialize(one)),
      ),
      until: at(12),
    })
    const failure = await failureIn(collect(stream))
    expect(failure).toMatchObject({ code: 'SPLICE_GAP', facts: { latest: at(11) } })
  })

  test.each<[string, Document[]]>([
    ['differs', [entry(10, { op: 'n', ns: '', o: { msg: 'another' } })]],
    ['is missing', [entry(9, insert('patients', {})), entry(11, insert('patients', {}))]],
  ])('a history in which the last entry of the base %s', async (_, recorded) => {
    expect(await refused(recorded)).toMatchObject({ code: 'SPLICE_DIVERGED', kind: 'integrity' })
  })

  test('what is not in the order of time', async () => {
    const same = entry(11, insert('patients', { _id: 1 }))
    expect(await refused([meeting, same, same])).toMatchObject({ code: 'SPLICE_DISORDER' })
  })

  test('what has no time', async () => {
    const failure = await refused([insert('patients', { _id: 1 })])
    expect(failure.code).toBe('ARCHIVE_CORRUPT')
  })

  test.each(refusedEntries)('%s, with the moment before it', async (_, fields, says) => {
    const failure = await refused([meeting, entry(11, { ...fields })], at(12))
    expect(failure).toMatchObject({ code: 'SPLICE_CANNOT_REPLAY', kind: 'not-found' })
    expect(failure.message).toContain(says)
    expect(failure.facts['latest']).toEqual(at(10))
  })

  test('a base that holds what cannot be replayed', async () => {
    const own = [entry(4, { op: 'n', ns: '', o: {} }), entry(5, command({ importCollection: 'a' }))]
    const failure = await refused([meeting], at(11), base([patients], own))
    expect(failure).toMatchObject({ code: 'SPLICE_CANNOT_REPLAY', facts: { at: at(5) } })
    expect(failure.message).toContain('no moment can be reached')
  })

  test.each([
    ['an empty command', command({})],
    ['a renaming of nothing', command({ renameCollection: 'clinic.a' })],
    ['an applyOps of text', command({ applyOps: 'x' })],
  ])('%s, as damage', async (_, fields) => {
    expect((await refused([meeting, entry(11, fields)])).code).toBe('ARCHIVE_CORRUPT')
  })
})

describe('not replayed', () => {
  test.each<[string, Document]>([
    ['a note of the server', { op: 'n', ns: '', o: {} }],
    ['what numbers records', { op: 'ci', ns: 'clinic.patients', o: {} }],
    ['what a retried write answers', { op: 'i', ns: 'config.image_collection', o: {} }],
    ['the list of transactions', { op: 'u', ns: 'config.transactions', o: {} }],
    ['sessions', { op: 'd', ns: 'config.system.sessions', o: {} }],
    ['the keys of the set', { op: 'i', ns: 'admin.system.keys', o: {} }],
    ['how users are kept', { op: 'i', ns: 'admin.system.version', o: { _id: 'authSchema' } }],
    ['profiles', { op: 'i', ns: 'clinic.system.profile', o: {} }],
    ['what mongorestore itself skips', { op: 'i', ns: '__mdb_internal.x', o: {} }],
    ['a check of the members', command({ dbCheck: 'clinic.patients' })],
    ['a collection of the server', command({ create: 'system.indexBuilds' }, 'config')],
    ['a database of the server', command({ dropDatabase: 1 }, 'local')],
    ['renaming among the server’s own', command({ renameCollection: 'config.a', to: 'config.b' })],
  ])('is %s', async (_, fields) => {
    expect((await spliced(base(), [meeting, entry(11, fields)])).replayed).toEqual([])
  })

  test('is any of it within a transaction, whose other operations stay', async () => {
    const write = insert('patients', { _id: 3 })
    const inner = [write, { op: 'i', ns: 'config.transactions', o: {} }]
    const { replayed } = await spliced(base(), [meeting, part(11, inner, { count: 2n })])
    expect(replayed).toMatchObject([{ o: { applyOps: [write] } }])
    expect(replayed[0]?.['o']).not.toHaveProperty('count')
  })

  test('but users, roles, stored functions and views are', async () => {
    const kept = ['admin.system.users', 'admin.system.roles', 'clinic.system.js', 'config.settings']
    const entries = kept.map((ns, i) => entry(11 + i, { op: 'i', ns, o: { _id: 1 } }))
    const functions = { db: 'clinic', collection: 'system.js' }
    const { replayed } = await spliced(base([patients, functions]), [meeting, ...entries])
    expect(replayed.map(({ ns }) => ns as string)).toEqual(kept)
  })
})

describe('a collection that was dropped before the base listed it', () => {
  const [one, other] = [insert('gone', { _id: 1 }), insert('gone', { _id: 2 })]
  const inside = { op: 'c', ns: 'admin.$cmd', o: { applyOps: [one] }, lsid: {}, txnNumber: 1 }
  const drop = command({ drop: 'gone' })
  const own = (...all: Document[]) =>
    base(
      [patients],
      all.map((each, at) => entry(at + 1, each)),
    )

  test('is not written to until the oplog makes it', async () => {
    const make = command({ create: 'gone' })
    const first = { op: 'n', ns: '', o: {} }
    const { replayed } = await spliced(own(first, one, inside, drop, make, other), [meeting])
    expect(said(replayed).filter(({ ns }) => ns !== 'admin.$cmd')).toEqual([drop, make, other])
    expect(JSON.stringify(replayed)).not.toContain(JSON.stringify(one.o))
  })

  test('makes the base useless where nothing says that it was dropped', async () => {
    const failure = await refused([meeting], at(999), own(one))
    expect(failure).toMatchObject({ code: 'ARCHIVE_CORRUPT', facts: { missing: ['clinic.gone'] } })
  })
})

describe('a renaming', () => {
  test('drops what it replaces by an entry of its own, and takes its indexes along', async () => {
    const o = { renameCollection: 'clinic.patients', to: 'clinic.people', dropTarget: true }
    const { replayed, expected } = await spliced(base(), [meeting, entry(11, command(o))])
    expect(said(replayed)).toEqual([
      command({ drop: 'people' }),
      command({ renameCollection: 'clinic.patients', to: 'clinic.people' }),
      command({ dropIndexes: 'patients', index: 'by_name' }),
      command({
        createIndexes: 'people',
        v: 2,
        key: { name: 1 },
        name: 'by_name',
        collation: { locale: 'simple' },
      }),
    ])
    expect(Object.keys(expected)).toEqual(['clinic.people'])
  })
})

describe('a transaction', () => {
  const made = { op: 'c', ns: 'clinic.$cmd', o: { create: 'made' } }

  test('defines nothing before its commit, and its parts stay together', async () => {
    const chain = [
      part(11, [made], { partialTxn: true }),
      part(12, [insert('made', { _id: 1 })], { count: 2n }, true),
    ]
    const before = await spliced(base(), [meeting, ...chain], at(11))
    expect(before.replayed).toHaveLength(1)
    expect(before.expected).not.toHaveProperty('clinic.made')
    const after = await spliced(base(), [meeting, ...chain], at(12))
    expect(after.replayed).toHaveLength(2)
    expect(after.expected).toHaveProperty(['clinic.made'])
  })

  const end = (o: Document) => entry(12, { ...part(12, [], {}, true), o })
  test.each([
    ['counts with its commit', { commitTransaction: 1 }, ['clinic.made', 'clinic.patients']],
    ['counts for nothing once aborted', { abortTransaction: 1 }, ['clinic.patients']],
  ])('that is prepared %s', async (_, o, names) => {
    const prepared = part(11, [made], { prepare: true })
    const { expected, replayed } = await spliced(base(), [meeting, prepared, end(o)])
    expect(Object.keys(expected)).toEqual(names)
    expect(replayed).toHaveLength(2)
  })

  test('whose end is all that the base has was committed before', async () => {
    const bytes = base([patients], [part(5, [insert('patients', { _id: 9 })], {}, true)])
    expect((await spliced(bytes, [meeting])).replayed).toHaveLength(1)
  })

  test('with an entry of more than mongorestore takes is divided', async () => {
    const operations = Array.from({ length: 16 }, (_, _id) =>
      insert('patients', { _id, text: 'x'.repeat(1024 * 1024) }),
    )
    const { replayed } = await spliced(base(), [meeting, part(11, operations, { count: 16n })])
    expect(replayed).toHaveLength(2)
    expect(replayed.map(({ lsid }) => lsid as Document)).toEqual([{ id: 1 }, { id: 1 }])
    expect(replayed[0]?.['o']).toHaveProperty('partialTxn', true)
    expect(replayed[1]?.['o']).not.toHaveProperty('partialTxn')
    const ids = replayed.flatMap(({ o }) =>
      ((o as Document)['applyOps'] as Document[]).map(
        (one) => (one['o'] as Document)['_id'] as number,
      ),
    )
    expect(ids).toEqual(operations.map((_, i) => i))
  })

  test('is not what a batch of retried inserts is', async () => {
    const batch = { ...part(11, [insert('patients', { _id: 5 })], {}, true), multiOpType: 1 }
    expect((await spliced(base(), [meeting, batch])).replayed).toHaveLength(1)
  })
})
