import { serialize } from 'bson'
import { describe, expect, test } from 'vitest'
import { ArchiveReader } from '../../../src/archive/reader.js'
import { archive } from './archiveBuilder.js'
import { fixture, randomly, read, readParts, seeded } from './feeding.js'

describe('a real archive', () => {
  const contents = read(fixture('plain.archive'), { deep: true })

  test('says which server and tool made it, and how long it is', () => {
    expect(contents).toMatchObject({
      serverVersion: '6.0.5',
      toolVersion: '100.13.0',
      rawBytes: 22_062,
    })
  })

  test('counts the documents of every namespace', () => {
    const documents = Object.entries(contents.namespaces).map(([name, { documents }]) => [
      name,
      documents,
    ])
    expect(Object.fromEntries(documents)).toEqual({
      'medical_records.patients': 40,
      'medical_records.logs': 10,
      'medical_records.système.données': 1,
      'medical_records.checked': 0,
      'medical_records.empty': 0,
      'medical_records.adults': 0,
      'medical_records.vitals': 3,
      'medical_records.silent': 0,
      'billing.invoices': 20,
      'admin.system.users': 1,
      'admin.system.roles': 1,
      'admin.system.version': 2,
    })
  })

  test('tells collections, views and time-series apart', () => {
    expect(contents.namespaces['medical_records.adults']).toMatchObject({
      type: 'view',
      options: { viewOn: 'patients', pipeline: [{ $match: { age: { $gte: 30 } } }] },
    })
    expect(contents.namespaces['medical_records.vitals']).toMatchObject({
      type: 'timeseries',
      storedAs: 'system.buckets.vitals',
      options: { timeseries: { timeField: 'at', metaField: 'patient' } },
    })
    expect(contents.namespaces['medical_records.logs']).toMatchObject({
      type: 'collection',
      options: { capped: true, size: 4096, max: 10 },
    })
  })

  test('lists indexes with their keys in order and all their options', () => {
    const indexes = contents.namespaces['medical_records.patients']?.indexes ?? []
    expect(indexes.map(({ name, key }) => [name, Object.entries(key)])).toEqual([
      ['_id_', [['_id', 1]]],
      [
        'name_age',
        [
          ['name', 1],
          ['age', -1],
        ],
      ],
      ['uuid_1', [['uuid', 1]]],
      [
        'name_text_notes_text',
        [
          ['_fts', 'text'],
          ['_ftsx', 1],
        ],
      ],
      ['admitted_1', [['admitted', 1]]],
      ['nested.$**_1', [['nested.$**', 1]]],
      ['name_hashed', [['name', 'hashed']]],
    ])
    expect(indexes[2]?.options).toEqual({ v: 2, unique: true, sparse: true })
    expect(indexes[4]?.options).toMatchObject({
      expireAfterSeconds: 1_000_000_000,
      partialFilterExpression: { age: { $gt: 21 } },
    })
  })

  test('has no oplog where it was taken without', () => {
    expect(contents.oplog).toBeUndefined()
  })

  test('reads the same in whatever chunks it comes', () => {
    const bytes = fixture('oplog.archive')
    const whole = read(bytes)
    expect(readParts(randomly(bytes, seeded(1), 1))).toEqual(whole)
    for (const longest of [2, 5, 64, 700, 9000]) {
      const parts = randomly(bytes, seeded(longest), longest)
      expect(readParts(parts, { deep: longest % 2 === 0 })).toEqual(whole)
    }
  })

  test('may be fed from memory that is used again', () => {
    const bytes = fixture('oplog.archive')
    const reused = function* () {
      const memory = Buffer.alloc(777)
      for (let at = 0; at < bytes.length; at += memory.length) {
        const copied = bytes.copy(memory, 0, at, at + memory.length)
        yield memory.subarray(0, copied)
        memory.fill(0xee)
      }
    }
    expect(readParts(reused())).toEqual(read(bytes))
  })

  test('of a database that does not exist has no namespace', () => {
    const { namespaces, oplog } = read(fixture('no-collections.archive'))
    expect(namespaces).toEqual({})
    expect(oplog).toBeUndefined()
  })
})

describe('a real archive with its oplog', () => {
  const { oplog, namespaces } = read(fixture('oplog.archive'), { deep: true })

  test('says from when to when it goes', () => {
    expect(oplog?.first).toEqual({ seconds: 1_795_248_158, ordinal: 2 })
    expect(oplog?.last).toEqual({ seconds: 1_795_248_158, ordinal: 74 })
    expect(oplog?.entries).toBe(63)
    expect(oplog?.bytes).toBe(20_643)
  })

  test('counts writes by namespace, those inside transactions included', () => {
    expect(oplog?.writes).toEqual({
      'billing.invoices': { inserts: 5, updates: 0, deletes: 5, commands: 0 },
      'medical_records.passing': { inserts: 0, updates: 0, deletes: 0, commands: 20 },
      'medical_records.patients': { inserts: 13, updates: 13, deletes: 12, commands: 0 },
      'medical_records.system.buckets.vitals': { inserts: 1, updates: 4, deletes: 0, commands: 0 },
    })
  })

  test('does not list the oplog among the namespaces', () => {
    expect(Object.keys(namespaces)).not.toContain('.oplog')
  })
})

describe('a reader', () => {
  const documents = Array.from({ length: 50 }, (_, i) => ({ _id: i, text: 'x'.repeat(i * 40) }))

  test('hands over the documents asked for, whole, and no others', () => {
    const seen: string[] = []
    const bytes = archive([
      { db: 'a', collection: 'wanted', documents },
      { db: 'a', collection: 'other', documents },
    ])
    readParts(randomly(bytes, seeded(3), 300), {
      documents: {
        of: (namespace) => namespace === 'a.wanted',
        each: (document, namespace) => seen.push(`${namespace} ${document.length}`),
      },
    })
    expect(seen).toEqual(documents.map((one) => `a.wanted ${serialize(one).length}`))
  })

  test('takes the documents of a time-series from under its own name too, as later servers store them', () => {
    const bytes = archive([{ db: 'a', collection: 'series', type: 'timeseries', documents }])
    const series = read(bytes).namespaces['a.series']
    expect(series).toMatchObject({ type: 'timeseries', documents: 50 })
    expect(series?.storedAs).toBeUndefined()
  })

  test('says how far it has come', () => {
    const reader = new ArchiveReader()
    reader.feed(fixture('plain.archive').subarray(0, 5000))
    expect(reader.bytes).toBe(5000)
  })
})
