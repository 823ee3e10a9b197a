import { describe, expect, test } from 'vitest'
import type { ArchiveContents, NamespaceContents } from '../../../src/domain/contents.js'
import { Failure } from '../../../src/domain/failure.js'
import { LaterIndexes } from '../../../src/procedures/restore/indexesApart.js'
import type { MongoSession } from '../../../src/ports/mongo.js'

const index = (name: string, options: Record<string, unknown> = {}, direction: unknown = 1) => ({
  name,
  key: { [name]: direction },
  options: { v: 2, ...options },
})

const large: NamespaceContents = {
  database: 'db',
  collection: 'patients',
  type: 'collection',
  documents: 100_000,
  bytes: 100_000_000,
  crc: '0'.repeat(16),
  indexes: [index('_id_'), index('name'), index('amount', { sparse: true })],
  options: {},
}

function later(namespace: NamespaceContents, commands = 0) {
  const name = `${namespace.database}.${namespace.collection}`
  const none = { inserts: 0, updates: 0, deletes: 0 }
  const contents: ArchiveContents = {
    serverVersion: '6.0.5',
    toolVersion: '100.13.0',
    rawBytes: 1,
    namespaces: { [name]: namespace },
    oplog: { entries: 1, bytes: 1, writes: { [name]: { ...none, commands } } },
  }
  return new LaterIndexes({ databases: ['db'], namespaces: contents.namespaces }, contents)
}

const apart = (change: Partial<NamespaceContents>, commands = 0) => {
  const namespace = { ...large, ...change }
  const indexes = later(namespace, commands)
  return namespace.indexes
    .map(({ name }) => name)
    .filter((name) => indexes.leaveOut(`db.${namespace.collection}`, name))
}

describe('indexes built side by side', () => {
  test('are the plain ones of a large collection', () => {
    expect(apart({})).toEqual(['name', 'amount'])
  })

  test('are never those that data can make fail, or that mean more than their keys', () => {
    const of = (...others: ReturnType<typeof index>[]) =>
      apart({ indexes: [...large.indexes, ...others] })
    expect(
      of(
        index('unique', { unique: true }),
        index('partial', { partialFilterExpression: { a: 1 } }),
        index('collated', { collation: { locale: 'de' } }),
        index('words', {}, 'text'),
        index('place', {}, '2dsphere'),
        index('odd', {}, 1.5),
      ),
    ).toEqual(['name', 'amount'])
  })

  test.each([
    ['is small', { bytes: 60_000_000 }],
    ['has one such index', { indexes: [index('_id_'), index('name')] }],
    ['hands its collation down', { options: { collation: { locale: 'de' } } }],
    ['is clustered', { options: { clusteredIndex: {} } }],
    ['is a time-series', { type: 'timeseries' as const }],
    ['is a system collection', { collection: 'system.js' }],
  ])('are none where the collection %s', (_, change) => {
    expect(apart(change)).toEqual([])
  })

  test('are none where the collection was changed as a whole while it was backed up', () => {
    expect(apart({}, 1)).toEqual([])
  })

  test('are divided between two commands', async () => {
    const calls: string[] = []
    const indexes = later(large)
    indexes.onLeftOut('copy', 'patients', [{ name: 'a' }, { name: 'b' }, { name: 'c' }])
    expect(indexes.count).toBe(3)
    await indexes.build(
      building((database, collection, definitions) => {
        calls.push(
          `${database}.${collection} ${definitions.map(({ name }) => String(name)).join()}`,
        )
        return Promise.resolve()
      }),
      new AbortController().signal,
    )
    expect(calls).toEqual(['copy.patients a,c', 'copy.patients b'])
  })

  test('that the server cannot build fail the restore, and are named', async () => {
    const indexes = later(large)
    indexes.onLeftOut('db', 'patients', [{ name: 'a' }, { name: 'b' }])
    const built = indexes.build(
      building(() => Promise.reject(new Error('out of disk space'))),
      new AbortController().signal,
    )
    await expect(built).rejects.toMatchObject({
      code: 'RESTORE_FAILED',
      message: 'the indexes a of db.patients could not be built: out of disk space',
    })
  })

  test('are not waited for when the restore is called off', async () => {
    const indexes = later(large)
    indexes.onLeftOut('db', 'patients', [{ name: 'a' }, { name: 'b' }])
    const { signal, abort } = aborting()
    const built = indexes.build(
      building(() => new Promise(() => undefined)),
      signal,
    )
    abort()
    await expect(built).rejects.toMatchObject({ code: 'INTERRUPTED' })
  })
})

function building(buildIndexes: MongoSession['buildIndexes']): MongoSession {
  return { buildIndexes } as unknown as MongoSession
}

function aborting() {
  const controller = new AbortController()
  const abort = () => {
    controller.abort(new Failure('interrupted', 'INTERRUPTED', 'stopped', []))
  }
  return { signal: controller.signal, abort }
}
