import type { Document } from 'bson'
import { describe, expect, test } from 'vitest'
import { catalogueDifferences, type Catalogue } from '../../../../src/domain/catalogue.js'
import type { Namespace } from '../archiveBuilder.js'
import { base, command, entry, meeting, patients, spliced } from './scene.js'

/** What is expected after commands on the base. */
async function after(...commands: Document[]): Promise<Catalogue> {
  const entries = commands.map((one, i) => entry(11 + i, one))
  return (await spliced(base([patients, vitals]), [meeting, ...entries])).expected
}

const vitals: Namespace = {
  db: 'clinic',
  collection: 'vitals',
  type: 'timeseries',
  metadata: JSON.stringify({
    options: {
      timeseries: {
        timeField: 'at',
        metaField: 'where',
        granularity: 'seconds',
        bucketMaxSpanSeconds: 3600,
      },
    },
    indexes: [{ v: 2, key: { 'where.ward': 1 }, name: 'ward' }],
  }),
}

const of = (catalogue: Catalogue, name: string) => catalogue[`clinic.${name}`]
const index = (name: string, key: Document = { a: 1 }) => ({ v: 2, key, name })

describe('expected after', () => {
  test('nothing is what the base says', async () => {
    expect(await after()).toEqual({
      'clinic.patients': {
        type: 'collection',
        options: {},
        indexes: [{ name: 'by_name', key: { name: 1 }, options: {} }],
      },
      'clinic.vitals': {
        type: 'timeseries',
        options: { timeseries: { timeField: 'at', metaField: 'where', granularity: 'seconds' } },
        indexes: [{ name: 'ward', key: { 'where.ward': 1 }, options: {} }],
      },
    })
  })

  test.each<[string, Document[], string[]]>([
    ['an index is made', [{ createIndexes: 'patients', ...index('a') }], ['by_name', 'a']],
    ['an index is begun', [{ startIndexBuild: 'patients', indexes: [index('a')] }], ['by_name']],
    [
      'an index that the base names is begun',
      [{ startIndexBuild: 'patients', indexes: [index('by_name')] }],
      [],
    ],
    ['an index is given up', [{ abortIndexBuild: 'patients', indexes: [index('by_name')] }], []],
    [
      'an index is finished',
      [{ commitIndexBuild: 'patients', indexes: [index('a'), index('b')] }],
      ['by_name', 'a', 'b'],
    ],
    ['an index is dropped', [{ dropIndexes: 'patients', index: 'by_name' }], []],
    ['all indexes are dropped', [{ dropIndexes: 'patients', index: '*' }], []],
    ['it is emptied', [{ emptycapped: 'patients' }], ['by_name']],
    ['it is made anew', [{ drop: 'patients' }, { create: 'patients' }], []],
  ])('%s', async (_, commands, names) => {
    const found = of(await after(...commands.map((one) => command(one))), 'patients')
    expect(found?.indexes.map(({ name }) => name)).toEqual(names)
  })

  test.each<[string, Document, Document]>([
    ['hidden', { hidden: true }, { hidden: true }],
    ['shown', { hidden: false }, {}],
    ['given a lifetime', { expireAfterSeconds: 60n }, { expireAfterSeconds: 60 }],
    ['made unique', { unique: true }, { unique: true }],
  ])('an index is %s, found by its name or its key', async (_, change, options) => {
    for (const by of [{ name: 'by_name' }, { keyPattern: { name: 1 } }]) {
      const found = await after(command({ collMod: 'patients', index: { ...by, ...change } }))
      expect(of(found, 'patients')?.indexes).toEqual([
        { name: 'by_name', key: { name: 1 }, options },
      ])
    }
  })

  test.each<[string, Document, Document]>([
    [
      'a validator',
      { validator: { a: 1 }, validationLevel: 'strict', validationAction: 'error' },
      { validator: { a: 1 } },
    ],
    ['no validator', { validator: {} }, {}],
    ['a lifetime', { expireAfterSeconds: 5 }, { expireAfterSeconds: 5 }],
    ['no lifetime', { expireAfterSeconds: 'off' }, {}],
    ['another size', { cappedSize: 512n, cappedMax: 3 }, { size: 512, max: 3 }],
    ['what is without effect', { usePowerOf2Sizes: true }, {}],
    [
      'images',
      { changeStreamPreAndPostImages: { enabled: true } },
      { changeStreamPreAndPostImages: { enabled: true } },
    ],
    ['no images', { changeStreamPreAndPostImages: { enabled: false } }, {}],
  ])('a collection has %s', async (_, change, options) => {
    const found = await after(command({ collMod: 'patients', ...change }))
    expect(of(found, 'patients')?.options).toEqual(options)
  })

  test('a database is dropped, nothing of it', async () => {
    expect(await after(command({ dropDatabase: 1 }))).toEqual({})
  })

  test('a temporary collection takes its place, it is no longer temporary', async () => {
    const rename = {
      renameCollection: 'clinic.tmp',
      to: 'clinic.patients',
      dropTarget: true,
      stayTemp: false,
    }
    const found = await after(
      command({ create: 'tmp', temp: true, idIndex: index('_id_') }),
      command(rename),
    )
    expect(of(found, 'patients')).toEqual({ type: 'collection', options: {}, indexes: [] })
  })

  test('views come, change and go', async () => {
    const write = (op: string, o: Document, o2?: Document) => ({
      op,
      ns: 'clinic.system.views',
      o,
      ...(o2 ? { o2 } : {}),
    })
    const made = write('i', { _id: 'clinic.v', viewOn: 'patients', pipeline: [] })
    const diff = { u: { viewOn: 'vitals' }, d: { pipeline: false } }
    const changed = write('u', { $v: 2, diff }, { _id: 'clinic.v' })
    expect(of(await after(made), 'v')).toMatchObject({
      type: 'view',
      options: { viewOn: 'patients', pipeline: [] },
    })
    expect(of(await after(made, changed), 'v')?.options).toEqual({ viewOn: 'vitals' })
    expect(of(await after(made, write('d', { _id: 'clinic.v' })), 'v')).toBeUndefined()
    expect(of(await after(made, command({ drop: 'system.views' })), 'v')).toBeUndefined()
  })
})

describe('a time-series', () => {
  const view = {
    op: 'i',
    ns: 'clinic.system.views',
    o: { _id: 'clinic.pulse', viewOn: 'system.buckets.pulse' },
  }
  const series = { timeField: 'at', metaField: 'meta' }
  const made = command({
    create: 'system.buckets.pulse',
    validator: { x: 1 },
    clusteredIndex: true,
    timeseries: series,
  })
  const build = (key: Document, more: Document = {}) =>
    command({
      commitIndexBuild: 'system.buckets.pulse',
      indexes: [{ ...index('i', key), ...more }],
    })

  test('is known by its own name, not by its buckets or its view', async () => {
    const found = await after(made, view)
    expect(of(found, 'pulse')).toEqual({
      type: 'timeseries',
      options: { timeseries: series },
      indexes: [],
    })
    expect(Object.keys(found)).toEqual(['clinic.patients', 'clinic.pulse', 'clinic.vitals'])
    expect(
      of(await after(made, view, command({ drop: 'system.buckets.pulse' })), 'pulse'),
    ).toBeUndefined()
    expect(of(await after(made, { ...view, op: 'd' }), 'pulse')).toBeDefined()
  })

  test.each<[Document, Document]>([
    [{ 'control.min.at': 1, 'control.max.at': 1 }, { at: 1 }],
    [{ 'control.max.at': -1, 'control.min.at': -1 }, { at: -1 }],
    [
      { meta: 1, 'control.min.at': 1, 'control.max.at': 1 },
      { meta: 1, at: 1 },
    ],
    [{ 'meta.ward': -1 }, { 'meta.ward': -1 }],
    [{ 'data.place': '2dsphere_bucket' }, { place: '2dsphere' }],
  ])('has for its buckets’ index on %j one on %j', async (ofBuckets, key) => {
    const found = of(await after(made, build(ofBuckets)), 'pulse')
    expect(found?.indexes).toEqual([{ name: 'i', key, options: {} }])
  })

  test('has the index that its buckets’ index says it was', async () => {
    const originalSpec = { v: 2, key: { at: 1 }, name: 'i', sparse: false }
    const found = of(await after(made, build({ other: 1 }, { originalSpec })), 'pulse')
    expect(found?.indexes).toEqual([{ name: 'i', key: { at: 1 }, options: {} }])
  })

  test.each([{ other: 1 }, { 'control.min.at': 1 }, { 'control.min.at': 1, 'control.max.n': 1 }])(
    'with an index on %j is not understood',
    async (key) => {
      await expect(after(made, build(key))).rejects.toThrow('an index of a time-series on')
    },
  )

  test('without a meta field has no index on it', async () => {
    const bare = command({ create: 'system.buckets.pulse', timeseries: { timeField: 'at' } })
    await expect(after(bare, build({ meta: 1 }))).rejects.toThrow(
      'an index of a time-series on meta',
    )
  })

  test('takes another granularity and loses its indexes by name', async () => {
    const found = await after(
      command({ collMod: 'system.buckets.vitals', timeseries: { granularity: 'minutes' } }),
      command({ dropIndexes: 'system.buckets.vitals', index: 'ward' }),
    )
    expect(of(found, 'vitals')).toMatchObject({
      options: { timeseries: { granularity: 'minutes' } },
      indexes: [],
    })
  })
})

test('differences name what is missing, what is too much and what is otherwise', () => {
  const made = (indexes: Catalogue[string]['indexes'], options = {}) =>
    ({ type: 'collection', options, indexes }) as const
  const one = { name: 'one', key: { a: 1, b: 1 }, options: { sparse: true, unique: true } }
  const expected = {
    'd.a': made([one], { capped: true, size: 5 }),
    'd.b': made([]),
    'd.c': made([one]),
    'd.d': made([one]),
  }
  const actual = {
    'd.a': made([{ ...one, options: { unique: true, sparse: true } }], { size: 5, capped: true }),
    'd.c': made(
      [
        { ...one, key: { b: 1, a: 1 } },
        { ...one, name: 'two' },
      ],
      { size: 1 },
    ),
    'd.d': made([]),
    'd.e': made([]),
  }
  expect(catalogueDifferences(expected, actual)).toEqual([
    { kind: 'namespace missing', namespace: 'd.b' },
    { kind: 'options differ', namespace: 'd.c' },
    { kind: 'index differs', namespace: 'd.c', index: 'one' },
    { kind: 'index extra', namespace: 'd.c', index: 'two' },
    { kind: 'index missing', namespace: 'd.d', index: 'one' },
    { kind: 'namespace extra', namespace: 'd.e' },
  ])
})
