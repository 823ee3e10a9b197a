import { expect, test } from 'vitest'
import type { Bisected } from '../../../src/procedures/dr/bisect/bisectFacts.js'
import { bisectedScreen } from '../../../src/report/bisect.js'
import { terminal } from './canvas.js'

const found: Bisected = {
  target: 'medical',
  namespace: 'medical_records.visits',
  found: 'operation',
  clean: { optime: '1795267324:2', time: '2026-11-21T13:02:04Z' },
  dirty: { optime: '1795267324:3', time: '2026-11-21T13:02:04Z' },
  matching: { clean: 0, dirty: 40 },
  operation: {
    kinds: ['update'],
    namespace: 'medical_records.visits',
    documents: 1,
    ids: ['"visit-3"'],
    time: '2026-11-21T13:02:04.123Z',
    optime: '1795267324:3',
    isTransaction: false,
    by: null,
  },
  missing: null,
  restore:
    'ops restore --to-time 1795267324:2 --database medical_records --collection visits --target medical',
  probes: { backups: 3, moments: 4 },
  seconds: 12,
}

test('an operation that was found is shown with when, by whom, and what to type', () => {
  expect(bisectedScreen(found, terminal)).toMatchInlineSnapshot(`
    "✔ Found: update on medical_records.visits, documents: 1 (3 backups and 4 moments restored, in 12 s)
      When     2026-11-21T13:02:04.123Z, entry 1795267324:3 of the oplog
      By       unknown: the oplog does not say
      _id      "visit-3" …
      Clean    2026-11-21T13:02:04Z, after entry 1795267324:2: nothing matches
      Dirty    2026-11-21T13:02:04Z, after entry 1795267324:3: 40 match
      Put back what was there right before: ops restore --to-time 1795267324:2 --database medical_records --collection visits --target medical"
  `)
})

test('two states that no slices join are shown with what is missing', () => {
  const between: Bisected = {
    ...found,
    found: 'states',
    clean: { backup: 'medical-20261121T120000Z', time: '2026-11-21T12:00:00Z' },
    dirty: { time: '2026-11-21T13:00:00Z' },
    operation: null,
    missing: 'no slices of the oplog are kept of "medical" (pitr: {enabled: true})',
    restore:
      'ops restore medical-20261121T120000Z --database medical_records --collection visits --target medical',
  }
  expect(bisectedScreen(between, terminal)).toMatchInlineSnapshot(`
    "! It happened between two states of medical_records.visits (3 backups and 4 moments restored, in 12 s)
      Clean    medical-20261121T120000Z (2026-11-21T12:00:00Z): nothing matches
      Dirty    now (2026-11-21T13:00:00Z): 40 match
      Missing  no slices of the oplog are kept of "medical" (pitr: {enabled: true})
      Put back what was there right before: ops restore medical-20261121T120000Z --database medical_records --collection visits --target medical"
  `)
})
