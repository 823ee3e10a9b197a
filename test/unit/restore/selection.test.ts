import { describe, expect, test } from 'vitest'
import type { ArchiveContents, NamespaceContents } from '../../../src/domain/contents.js'
import {
  decideSelection,
  extras,
  reborn,
  type Choice,
} from '../../../src/procedures/restore/selection.js'
import { medical } from '../../fakes/world.js'

const namespace = (database: string, collection: string): NamespaceContents => ({
  database,
  collection,
  type: 'collection',
  documents: 1,
  bytes: 10,
  crc: '0'.repeat(16),
  indexes: [],
})

const write = { inserts: 1, updates: 0, deletes: 0, commands: 0 }

const contents = (changes: Partial<ArchiveContents> = {}): ArchiveContents => ({
  serverVersion: '6.0.5',
  toolVersion: '100.13.0',
  rawBytes: 1,
  namespaces: {
    'medical_records.patients': namespace('medical_records', 'patients'),
    'other.things': namespace('other', 'things'),
  },
  oplog: {
    entries: 1,
    bytes: 1,
    writes: {
      'medical_records.patients': write,
      'medical_records.young': write,
      'medical_records.system.buckets.pulse': write,
      'medical_records.system.views': write,
      'medical_records.$cmd': write,
      'other.young': write,
    },
    views: ['medical_records.pulse', 'medical_records.adults'],
  },
  ...changes,
})

const decided = (choice: Choice = {}) => decideSelection(choice, medical, contents())

const live = (collection: string, documents = 5) => ({
  database: 'medical_records',
  collection,
  type: 'collection' as const,
  documents,
  indexes: [],
})

test('what was made while the backup was taken is known from its oplog', () => {
  expect(decided().born?.toSorted()).toEqual([
    'medical_records.adults',
    'medical_records.pulse',
    'medical_records.young',
  ])
  expect(decided({ collection: 'patients' }).born).toEqual([])
})

test('it is replaced, and nothing that the backup does not know', () => {
  const all = ['patients', 'young', 'stray'].map((name) => live(name))
  expect(reborn(all, decided()).map(({ collection }) => collection)).toEqual(['young'])
  expect(extras(all, decided()).map(({ collection }) => collection)).toEqual(['stray'])
  expect(reborn(all, decided({ into: 'copy' }))).toEqual([])
  expect(extras(all, decided({ into: 'copy' }))).toEqual([])
})

test('functions are surplus as long as there are any: system.js cannot be dropped', () => {
  expect(extras([live('system.js')], decided())).toHaveLength(1)
  expect(extras([live('system.js', 0)], decided())).toEqual([])
})

test('an archive without a database of yours is refused', () => {
  const empty = contents({ namespaces: { 'admin.users': namespace('admin', 'users') } })
  expect(() => decideSelection({}, { ...medical, databases: [] }, empty)).toThrow(
    expect.objectContaining({ kind: 'refused', code: 'NOTHING_TO_RESTORE' }) as Error,
  )
})

describe('the name of a copy', () => {
  test.each(['ä'.repeat(31), 'a'.repeat(63), 'ok_2'])('may be %s', (into) => {
    expect(decided({ into }).into).toBe(into)
  })

  test.each(['ä'.repeat(32), 'a'.repeat(64), '-a', 'a b', 'a.b', '', 'local'])(
    'may not be %j',
    (into) => {
      expect(() => decided({ into })).toThrow(
        expect.objectContaining({ kind: 'usage', code: 'INTO_INVALID' }) as Error,
      )
    },
  )
})
