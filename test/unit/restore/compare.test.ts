import { expect, test } from 'vitest'
import type { ArchiveContents, NamespaceContents } from '../../../src/domain/contents.js'
import { compareRestored } from '../../../src/procedures/restore/compare.js'

const namespace = (changes: Partial<NamespaceContents> = {}): NamespaceContents => ({
  database: 'db',
  collection: 'm',
  type: 'collection',
  documents: 10,
  bytes: 100,
  crc: '0'.repeat(16),
  indexes: [],
  ...changes,
})

type Writes = Record<string, { inserts: number; deletes: number }>

const archived = (kept: NamespaceContents, writes: Writes = {}): ArchiveContents => ({
  serverVersion: '6.0.5',
  toolVersion: '100.13.0',
  rawBytes: 1,
  namespaces: { 'db.m': kept },
  oplog: {
    entries: 1,
    bytes: 1,
    writes: Object.fromEntries(
      Object.entries(writes).map(([name, some]) => [name, { updates: 0, commands: 0, ...some }]),
    ),
  },
})

function comparison(kept: NamespaceContents, documents: number, writes: Writes = {}) {
  const contents = archived(kept, writes)
  const live = [{ database: 'db', collection: 'm', type: kept.type, documents, indexes: [] }]
  const selection = { databases: ['db'], namespaces: contents.namespaces }
  return compareRestored(contents, selection, live)
}

const compared = (...given: Parameters<typeof comparison>) => comparison(...given).problems

test('without writes during the dump, the count must be exact', () => {
  expect(compared(namespace(), 10)).toEqual([])
  expect(compared(namespace(), 9)).toHaveLength(1)
  expect(compared(namespace(), 11)).toHaveLength(1)
})

test('writes that came while the dump ran may or may not have been in it', () => {
  const writes = { 'db.m': { inserts: 3, deletes: 2 } }
  for (const documents of [8, 10, 13]) expect(compared(namespace(), documents, writes)).toEqual([])
  for (const documents of [7, 14]) expect(compared(namespace(), documents, writes)).toHaveLength(1)
})

test('writes to a time-series are known under the name of its buckets', () => {
  const series = namespace({ type: 'timeseries', storedAs: 'system.buckets.m' })
  expect(compared(series, 12, { 'db.system.buckets.m': { inserts: 5, deletes: 0 } })).toEqual([])
})

test('documents that expire may be fewer by the time they are counted, never more', () => {
  const expiring = namespace({
    indexes: [{ name: 'at_1', key: { at: 1 }, options: { expireAfterSeconds: 60 } }],
  })
  const problems = (documents: number) =>
    compared(expiring, documents).filter((text) => text.includes('documents'))
  expect(problems(0)).toEqual([])
  expect(problems(11)).toHaveLength(1)
})

test('documents that expired are worth a word', () => {
  const expiring = namespace({ type: 'timeseries', options: { expireAfterSeconds: 60 } })
  const { problems, notes } = comparison(expiring, 4)
  expect(problems).toEqual([])
  expect(notes).toEqual([expect.stringContaining('4 documents of 10')])
  expect(comparison(namespace(), 4).notes).toEqual([])
})

test('a view that the oplog dropped need not be there', () => {
  const view = namespace({ type: 'view', documents: 0, collection: 'gone' })
  const problems = (views: readonly string[]) => {
    const contents = { ...archived(view), oplog: { entries: 1, bytes: 1, writes: {}, views } }
    const selection = { databases: ['db'], namespaces: { 'db.gone': view } }
    return compareRestored(contents, selection, []).problems
  }
  expect(problems([])).toEqual(['db.gone is not there'])
  expect(problems(['db.gone'])).toEqual([])
})
