import { describe, expect, test } from 'vitest'
import type { CollectionLook, DamageEvidence } from '../../../src/checks/corruption/evidence.js'
import { judgeDamage } from '../../../src/checks/corruption/judge.js'

const evidence = (changes: Partial<DamageEvidence> = {}): DamageEvidence => ({
  container: 'it runs on',
  lines: [],
  diedReading: false,
  spared: false,
  collections: [look()],
  ...changes,
})

function look(changes: Partial<CollectionLook> = {}): CollectionLook {
  return { name: 'medical.patients', read: 'whole', documents: 40, problems: [], ...changes }
}

const panic =
  '{"t":{"$date":"2026-11-22T06:10:36.023+00:00"},"s":"E","c":"WT","msg":"WiredTiger error message","attr":{"message":{"msg":"__wt_block_read_off:226:collection-0.wt: potential hardware corruption, read checksum error for 4096B block at offset 32768"}}}'

describe('data is called', () => {
  test('sound where everything was read and nothing was found', () => {
    expect(judgeDamage(evidence())).toEqual({
      verdict: 'sound',
      damages: [],
      notLooked: [],
      notes: [],
    })
  })

  test.each<[string, Partial<DamageEvidence>, where: string]>([
    ['the log names damage', { lines: [panic], spared: true, collections: [] }, 'the log of'],
    [
      'the server ended while it was read, and its log says why',
      {
        lines: [panic],
        diedReading: true,
        silent: 'connection closed',
        collections: [look({ read: 'failed', because: 'connection closed' })],
      },
      'the log of',
    ],
    [
      'the server calls a collection invalid',
      { collections: [look({ problems: ['index _id_ lacks an entry'] })] },
      'medical.patients',
    ],
    [
      'a document cannot be read',
      { collections: [look({ read: 'failed', because: 'InvalidBSON: bad length' })] },
      'medical.patients',
    ],
  ])('damaged where %s', (_why, changes, where) => {
    const { verdict, damages } = judgeDamage(evidence(changes))
    expect(verdict).toBe('damaged')
    expect(damages).toHaveLength(1)
    expect(damages[0]?.where).toContain(where)
    expect(damages[0]?.evidence).not.toBeNull()
  })

  test.each<[string, Partial<DamageEvidence>]>([
    ['the server did not answer', { silent: 'its container is exited', collections: [] }],
    ['its log could not be read', { unreadLog: 'there is no container' }],
    [
      'the time was over before a collection was read',
      { collections: [look(), look({ read: 'not looked at', because: 'the time was over' })] },
    ],
    [
      'a connection broke, which says nothing of the data',
      { collections: [look({ read: 'failed', because: 'connection 5 closed' })] },
    ],
    [
      'its user may not look',
      { collections: [look({ read: 'failed', because: 'not authorized to run validate' })] },
    ],
  ])('unknown, never sound, where %s', (_why, changes) => {
    const { verdict, notLooked } = judgeDamage(evidence(changes))
    expect(verdict).toBe('unknown')
    expect(notLooked).toHaveLength(1)
  })

  test('sound with a word on it where a backup has more documents: deleting is no damage', () => {
    const backup = { id: 'medical-1', documents: { 'medical.patients': 50, 'medical.gone': 3 } }
    const { verdict, notes } = judgeDamage(evidence({ backup }))
    expect(verdict).toBe('sound')
    expect(notes).toEqual([
      expect.stringContaining('40 documents, medical-1 has 50') as string,
      expect.stringContaining('medical.gone is gone, medical-1 has 3 documents') as string,
    ])
  })

  test.each<[string, readonly CollectionLook[]]>([
    ['has no collection', []],
    ['has empty ones', [look({ documents: 0 }), look({ name: 'admin.x', documents: 3 })]],
  ])('unknown where the server %s, and a backup has documents', (_what, collections) => {
    const backup = { id: 'medical-1', documents: { 'medical.patients': 50, 'admin.x': 3 } }
    const { verdict, notLooked, notes } = judgeDamage(evidence({ backup, collections }))
    expect(verdict).toBe('unknown')
    expect(notLooked).toEqual([expect.stringContaining('medical-1 has 50') as string])
    expect(notes).toHaveLength(1)
    const none = { id: 'medical-1', documents: { 'medical.patients': 0 } }
    expect(judgeDamage(evidence({ backup: none, collections })).verdict).toBe('sound')
  })

  test('nothing is called gone where the collections were not read', () => {
    const backup = { id: 'medical-1', documents: { 'medical.patients': 50 } }
    const changes = { backup, collections: [], silent: 'connection closed' }
    expect(judgeDamage(evidence(changes)).notes).toEqual([])
  })
})

describe('what is shown of damage', () => {
  const key = `Erroneous index key found with reference to non-existent record id RecordId(5): { name: "Erika Mustermann", born: '1970' } in index 'name_1'`
  const shown = (changes: Partial<DamageEvidence>) => JSON.stringify(judgeDamage(evidence(changes)))

  test.each<[string, Partial<DamageEvidence>, says: string]>([
    ['validate', { collections: [look({ problems: [key] })] }, 'Erroneous index key found'],
    [
      'a read that failed',
      { collections: [look({ read: 'failed', because: `DataCorruptionDetected: ${key}` })] },
      'DataCorruptionDetected',
    ],
    ['what was not read', { collections: [look({ read: 'failed', because: key })] }, 'Erroneous'],
    [
      'a line of the log',
      {
        lines: [
          JSON.stringify({ s: 'E', c: 'INDEX', msg: 'Data corruption detected', attr: { key } }),
        ],
      },
      'corruption detected',
    ],
    ['a line of another program', { lines: [`data corruption detected: ${key}`] }, 'corruption'],
  ])('holds nothing of what documents hold: %s', (_what, changes, says) => {
    expect(shown(changes)).toContain(says)
    expect(shown(changes)).not.toMatch(/Mustermann|1970/)
  })

  test('keeps counts, names of indexes, and the words of the storage engine', () => {
    const problem =
      "index 'name_1' lacks 3 entries, \"Erika\" and 'Erika' of 64f1c0ffee64f1c0ffee64f1"
    const { damages } = judgeDamage(
      evidence({ lines: [panic], collections: [look({ problems: [problem] })] }),
    )
    expect(damages[0]?.evidence).toContain('read checksum error for 4096B block')
    expect(damages[1]?.evidence).toBe(`index 'name_1' lacks 3 entries, "…" and '…' of …`)
  })
})
