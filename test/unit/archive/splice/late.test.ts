import { deserialize, serialize, type Document } from 'bson'
import { describe, expect, test } from 'vitest'
import { pointOf } from '../../../../src/archive/oplog/point.js'
import {
  spliceOplog,
  type SplicedState,
  type SpliceRequest,
} from '../../../../src/archive/splice.js'
import { archive, type Namespace } from '../archiveBuilder.js'
import { collect, failureIn, read, streamed } from '../feeding.js'
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

const timeseries = { timeField: 'at', granularity: 'seconds', bucketMaxSpanSeconds: 3600 }
const vitals: Namespace = {
  db: 'clinic',
  collection: 'vitals',
  storedAs: 'system.buckets.vitals',
  type: 'timeseries',
  documents: [{ _id: 1 }],
  metadata: JSON.stringify({
    options: { timeseries },
    indexes: [{ v: 2, key: { at: 1 }, name: 'at' }],
  }),
}
const old: Namespace = {
  db: 'clinic',
  collection: 'old',
  type: 'view',
  metadata: JSON.stringify({ options: { viewOn: 'patients', pipeline: [] }, indexes: [] }),
}
const users: Namespace = { db: 'admin', collection: 'system.users', documents: [{ _id: 'root' }] }
const other: Namespace = { db: 'other', collection: 'things', documents: [{ _id: 1 }] }

/** Splices what was recorded after ordinal 10. */
async function spliced(
  recorded: readonly Document[],
  more: Partial<SpliceRequest> & { of?: Buffer } = {},
) {
  const { of = base([patients, vitals, old]), ...request } = more
  let state: SplicedState | undefined
  const stream = spliceOplog(streamed([of]), {
    entries: streamed([meeting, ...recorded].map((one) => serialize(one))),
    until: at(10 + recorded.length),
    onExpected: (expected) => (state = expected),
    ...request,
  })
  const bytes = await collect(stream)
  if (!state) throw new Error('an archive that was not spliced to its end')
  return { state, replayed: said(oplogOf(bytes)), namespaces: read(bytes).namespaces }
}

const entries = (...all: Document[]) => all.map((one, index) => entry(11 + index, one))
const views = (op: string, o: Document) => ({ op, ns: 'clinic.system.views', o })

describe('views', () => {
  test('are in the archive neither as they were nor as writes, but told of at the end', async () => {
    const made = { _id: 'clinic.made', viewOn: 'patients', pipeline: [{ $match: { n: 1 } }] }
    const recorded = entries(
      command({ create: 'system.views', idIndex: {} }),
      views('i', made),
      views('d', { _id: 'clinic.old' }),
    )
    const { state, replayed, namespaces } = await spliced(recorded)
    expect(namespaces).not.toHaveProperty(['clinic.old'])
    expect(replayed.filter(({ op }) => op !== 'c')).toEqual([])
    expect(state.late.views.map(({ view }) => view)).toEqual(['made'])
    expect(deserialize(state.late.views[0]?.definition ?? new Uint8Array())).toEqual(made)
    expect(state.operations).toBe(0)
  })

  test('of the base come back although nothing was done to them', async () => {
    const { state } = await spliced([])
    expect(state.late.views.map(({ view }) => view)).toEqual(['old'])
    expect(state.catalogue['clinic.old']?.type).toBe('view')
  })
})

describe('a time-series', () => {
  const buckets = { create: 'system.buckets.pulse', timeseries, clusteredIndex: true }

  test('made later is finished at the end, with its indexes', async () => {
    const recorded = entries(
      command(buckets),
      views('i', { _id: 'clinic.pulse', viewOn: 'system.buckets.pulse', pipeline: [] }),
      command({
        createIndexes: 'system.buckets.pulse',
        v: 2,
        key: { 'control.min.at': 1, 'control.max.at': 1 },
        name: 'at',
      }),
    )
    const { state, replayed } = await spliced(recorded)
    expect(replayed.map(({ o }) => Object.keys(o as Document)[0])).toEqual(['create'])
    const [late] = state.late.series
    expect(late).toMatchObject({ database: 'clinic', series: 'pulse', made: true })
    expect(late?.indexes.map((index) => deserialize(index)['name'] as string)).toEqual(['at'])
  })

  test('of the base needs nothing, unless its granularity was changed', async () => {
    expect((await spliced([])).state.late.series).toEqual([])
    const change = { granularity: 'minutes' }
    const { state, replayed } = await spliced(
      entries(command({ collMod: 'system.buckets.vitals', timeseries: change })),
    )
    expect(replayed.some(({ o }) => 'collMod' in (o as Document))).toBe(false)
    expect(state.late.series).toMatchObject([{ series: 'vitals', made: false, indexes: [] }])
    expect(deserialize(state.late.series[0]?.change ?? new Uint8Array())).toEqual(change)
  })

  test('that is dropped takes its view with it', async () => {
    const { state, replayed } = await spliced(entries(command({ drop: 'system.buckets.vitals' })))
    expect(replayed.slice(0, 2).map(({ o }) => o as Document)).toEqual([
      { drop: 'system.buckets.vitals' },
      { drop: 'vitals' },
    ])
    expect(state.catalogue).not.toHaveProperty(['clinic.vitals'])
  })
})

describe('databases that are not wanted', () => {
  const keep = (name: string) => name === 'clinic'
  const of = base([patients, users, other])

  test('are left out of the archive, of what is replayed, and of what is expected', async () => {
    const recorded = entries(
      { op: 'i', ns: 'admin.system.users', o: { _id: 'late' } },
      { op: 'i', ns: 'other.things', o: { _id: 2 } },
      command({ dropDatabase: 1 }, 'other'),
      insert('patients', { _id: 3 }),
    )
    const { state, replayed, namespaces } = await spliced(recorded, { of, keep })
    expect(Object.keys(namespaces)).toEqual(['clinic.patients'])
    expect(replayed.map(({ ns }) => ns as string)).toEqual(['clinic.patients'])
    expect(Object.keys(state.catalogue)).toEqual(['clinic.patients'])
    expect(state.operations).toBe(1)
  })

  test('are refused as an end of a renaming', async () => {
    const rename = command({ renameCollection: 'other.things', to: 'clinic.things' }, 'other')
    const failure = await failureIn(spliced(entries(rename), { of, keep }))
    expect(failure).toMatchObject({ code: 'SPLICE_CANNOT_REPLAY', facts: { latest: at(10) } })
    expect(failure.next[0]).toContain('--to-time 100:10')
  })
})

describe('how many documents there are', () => {
  test('is known exactly after the base, whatever happens', async () => {
    const { state } = await spliced(
      entries(
        insert('patients', { _id: 3 }),
        { op: 'u', ns: 'clinic.patients', o: { n: 1 }, o2: { _id: 3 } },
        { op: 'd', ns: 'clinic.patients', o: { _id: 1 } },
        insert('patients', { _id: 4 }),
        command({ create: 'notes' }),
        insert('notes', { _id: 1 }),
        command({ renameCollection: 'clinic.notes', to: 'clinic.letters' }),
        command({ create: 'notes' }),
        { op: 'i', ns: 'clinic.system.buckets.vitals', o: { _id: 2 } },
      ),
    )
    expect(state.documents).toEqual({
      'clinic.patients': { least: 3, most: 3 },
      'clinic.letters': { least: 1, most: 1 },
      'clinic.notes': { least: 0, most: 0 },
      'clinic.vitals': { least: 2, most: 2 },
    })
    expect(state.operations).toBe(9)
  })

  test('starts anew where a database was dropped', async () => {
    const { state } = await spliced(
      entries(
        command({ dropDatabase: 1 }),
        command({ create: 'patients' }),
        insert('patients', { _id: 1 }),
      ),
    )
    expect(state.documents).toEqual({ 'clinic.patients': { least: 1, most: 1 } })
  })

  test('is known within bounds for what the base itself recorded', async () => {
    const own = [
      entry(7, insert('patients', { _id: 1 })),
      entry(8, { op: 'd', ns: 'clinic.patients', o: { _id: 9 } }),
    ]
    const { state } = await spliced([], { of: base([patients], own) })
    expect(state.documents).toEqual({ 'clinic.patients': { least: 1, most: 3 } })
  })

  test('counts a transaction where it commits, and not at all where it does not', async () => {
    const one = insert('patients', { _id: 3 })
    const recorded = [
      part(11, [one], { partialTxn: true }),
      part(12, [insert('patients', { _id: 4 })], {}, true),
      part(13, [insert('patients', { _id: 5 })], { partialTxn: true }, false, 2),
    ]
    const { state } = await spliced(recorded)
    expect(state.documents['clinic.patients']).toEqual({ least: 4, most: 4 })
  })
})

describe('what was recorded may begin right behind the base', () => {
  const recorded = [entry(11, insert('patients', { _id: 11 }))]
  const stream = () => streamed(recorded.map((one) => serialize(one)))

  test('where the entry before it is known to be the last one of the base', async () => {
    const behind = pointOf(serialize(meeting))
    const { replayed } = await spliced(recorded, { entries: stream(), behind })
    expect(replayed).toHaveLength(1)
  })

  test('and not where that is another one', async () => {
    const behind = { ...pointOf(serialize(meeting)), sha256: 'f00d' }
    const failure = await failureIn(spliced(recorded, { entries: stream(), behind }))
    expect(failure.code).toBe('SPLICE_GAP')
  })
})

test('a moment within the time of the base names the end of it, from where on it is consistent', async () => {
  const own = [7, 8, 9].map((ordinal) => entry(ordinal, insert('patients', { _id: ordinal })))
  const of = base([patients], own)
  const failure = await failureIn(spliced([], { of, until: at(7) }))
  expect(failure).toMatchObject({ code: 'SPLICE_BEFORE_BASE', facts: { earliest: at(10) } })
})

test('an archive without the oplog of the base is none to splice', async () => {
  expect(await failureIn(spliced([], { of: archive([patients]) }))).toMatchObject({
    code: 'SPLICE_WITHOUT_OPLOG',
  })
})
