import { expect, test } from 'vitest'
import { deletionsScreen, putBackScreen } from '../../../src/report/deletion.js'
import { undoScreen } from '../../../src/report/restore.js'
import { terminal } from './canvas.js'

const deletion = {
  id: 'delete:1795267324:3:medical_records.visits',
  kind: 'delete' as const,
  namespace: 'medical_records.visits',
  first: { seconds: 1_795_267_324, ordinal: 3 },
  last: { seconds: 1_795_267_325, ordinal: 1 },
  readFrom: { seconds: 1_795_267_324, ordinal: 3 },
  documents: 3_000,
  collections: [],
  isTransaction: false,
  by: null,
}
const found = {
  target: 'medical',
  since: '2026-11-20T13:00:00.000Z',
  until: '2026-11-21T13:00:00.000Z',
  entries: 12_000,
  deletions: [deletion],
  left: 0,
}

test('deletions are listed with who did them and what to type; for a pipe as a table alone', () => {
  expect(deletionsScreen(found, terminal)).toMatchInlineSnapshot(`
    "#  when                  what                                                by       id
    1  2026-11-21T13:22:04Z  3000 documents deleted from medical_records.visits  unknown  delete:1795267324:3:medical_records.visits

      12,000 entries of the oplog, 2026-11-20T13:00:00Z to 2026-11-21T13:00:00Z
      Put one back: ops dr deletion --pick ID"
  `)
  expect(deletionsScreen(found, { ...terminal, terminal: false }).split('\n')).toHaveLength(2)
  expect(deletionsScreen({ ...found, deletions: [] }, terminal)).toContain('Nothing was deleted')
})

test('what was put back is told with its conflicts, by their ids alone, and the way back', () => {
  const result = {
    target: 'medical',
    deletion,
    collections: [
      {
        namespace: 'medical_records.visits',
        documents: 3_000,
        putBack: 2_998,
        alreadyThere: 1,
        conflicts: [
          { because: 'one with its _id is there, with other content', count: 1, ids: ['7'] },
        ],
      },
    ],
    made: [],
    putBack: 2_998,
    alreadyThere: 1,
    conflicts: 1,
    proved: 2_998,
    changedSince: [],
    left: [{ namespace: 'medical_records.pulse', why: 'a time-series' }],
    seconds: 5.8,
    objectiveSeconds: 600,
    receipt: 'dr-deletion-20261121T130204Z-1f3a9c2e',
  }
  expect(putBackScreen(result, terminal)).toMatchInlineSnapshot(`
    "! Put back 2,998 documents in 5.8 s, objective 10 min 00 s
      medical_records.visits  2,998 of 3,000, already there: 1
        not put back: 1, for one with its _id is there, with other content: _id 7
      proved, byte for byte what they were right before: 2,998
      medical_records.pulse  is not put back: it is a time-series
      Take it back: ops undo dr-deletion-20261121T130204Z-1f3a9c2e"
  `)
})

test('what an undo took away again, and what it left, is told', () => {
  const undone = {
    undone: 'dr-deletion-20261121T130204Z-1f3a9c2e',
    target: 'medical',
    dropped: [],
    restored: null,
    returned: [],
    takenAway: {
      removed: 2_997,
      kept: [{ because: 'changed since', count: 1, ids: ['8'] }],
      gone: 0,
      dropped: [],
      stay: ['medical_records.audit_trail'],
    },
    receipt: null,
  }
  expect(undoScreen(undone, terminal)).toMatchInlineSnapshot(`
    "✔ Taken back: dr-deletion-20261121T130204Z-1f3a9c2e
      documents that had been put back, removed: 2,997
      documents kept, changed since: 1
      medical_records.audit_trail  stays: it was written to since"
  `)
})
