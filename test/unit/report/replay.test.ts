import { expect, test } from 'vitest'
import { replayScreen } from '../../../src/report/replay.js'
import { restoreScreen } from '../../../src/report/restore.js'
import { terminal } from './canvas.js'

const namespace = 'medical_records.visits'
const conflict = { because: 'it is gone', count: 2, ids: ['7'] }

test('what was played back is told with what was not, and why', () => {
  const result = {
    target: 'medical',
    kept: 'medical-20261122T181500Z-x7k2',
    collections: [
      {
        namespace,
        ...{ inserts: 201, updates: 150, deletes: 1, alreadyThere: 0, leftOut: 350 },
        conflicts: [conflict],
      },
    ],
    outstanding: [
      { number: 1, words: '350 documents deleted', isPlayed: false },
      { number: 2, words: '20 documents changed', isPlayed: true },
    ],
    left: ['medical_records.ring: it is capped'],
    documents: 352,
    conflicts: 3,
    refused: [{ namespace, conflicts: [{ because: 'it was written to', count: 1, ids: ['9'] }] }],
    proved: 351,
    changedSince: 1,
    safetyBackup: 'medical-safety',
    seconds: 3,
    receipt: 'pitr-replay-1',
  }
  expect(replayScreen(result, terminal)).toMatchInlineSnapshot(`
    "! Played back medical-20261122T181500Z-x7k2 in 3.0 s: 352 documents changed, 351 proved
      medical_records.visits  201 inserts, 150 updates, 1 deletes, 350 left out, 2 in conflict
        medical_records.visits  2 not played back: it is gone; _id 7 …
        medical_records.visits  1 not played back: it was written to; _id 9
      left out: 1  350 documents deleted
      not played back: medical_records.ring: it is capped
      written to by somebody else since: 1
      Before it: medical-safety
      Take it back: ops undo pitr-replay-1"
  `)
  const whole = { ...result, conflicts: 0, left: [], safetyBackup: null, receipt: null }
  expect(replayScreen(whole, terminal).split('\n')[0]).toContain('✔')
})

test('a restore says where what it discarded is, and how it is played back', () => {
  const result = {
    ...{ id: 'medical-1', target: 'medical', into: null, collections: {}, dropped: [] },
    ...{ seconds: 1, safetyBackup: null, receipt: null },
  }
  const discardedWrites = { id: 'medical-kept', file: '/shelf/kept', operations: 7 }
  expect(
    restoreScreen({ ...result, discardedWrites }, terminal)
      .split('\n')
      .slice(1),
  ).toEqual([
    '  Discarded: 7 operations, kept in /shelf/kept',
    '  Play them back: ops pitr replay medical-kept --dry-run',
  ])
  expect(restoreScreen({ ...result, discardedWrites: null }, terminal).split('\n')).toHaveLength(1)
})
