import { expect, test } from 'vitest'
import { drillsScreen } from '../../../src/report/drill.js'
import { drillMarkdown } from '../../../src/report/drillMarkdown.js'
import { drillOf } from '../drill/drillOf.js'
import { terminal } from './canvas.js'

const failed = drillOf({
  scenario: 'corruption',
  outcome: 'failed',
  rtoSeconds: null,
  rpoSeconds: null,
  lostOperations: null,
  strikes: [],
  fillSeconds: null,
  error: { code: 'CHECKSUM_MISMATCH', message: 'medical-1 | is damaged' },
})

const missed = drillOf({
  scenario: 'deletion',
  outcome: 'missed',
  rtoSeconds: 5_000,
  rpoSeconds: 12,
  lostOperations: 40,
  missed: ['rto'],
})

const previous = drillOf({ startedAt: '2026-10-21T13:02:04.000Z', rtoSeconds: 9 })

test('drills are shown against what was promised, what the guides allow, and the one before', () => {
  const drills = [{ ...drillOf(), file: '/state/drills/1.json', previous }, missed, failed]
  expect(drillsScreen({ drills }, terminal)).toMatchInlineSnapshot(`
    "✔ container  RTO 5.0 s (objective 1 h 00 min, guide 2 min 00 s)
        RPO 0.0 s (objective 5 min 00 s): 0 of 100 confirmed writes lost
        mongodb was killed: back in 5.0 s, 0 of 100 writes lost
        before, 2026-10-21: RTO 9.0 s, RPO 0.0 s
        from medical-20261121T120000Z; 2 collections compared by the hash of every document
        kept in /state/drills/1.json
    ✗ deletion  RTO 1 h 23 min (objective 1 h 00 min, guide 2 min 00 s, exceeded): MISSED
        RPO 12 s (objective 5 min 00 s): 40 of 100 confirmed writes lost
        mongodb was killed: back in 5.0 s, 0 of 100 writes lost
        from medical-20261121T120000Z; 2 collections compared by the hash of every document
    ✗ corruption: the recovery FAILED: medical-1 | is damaged"
  `)
})

test('a report is a table and a section for each, in which nothing from outside breaks out', () => {
  const text = drillMarkdown({ drills: [{ ...drillOf(), previous }, missed, failed] }, 'hospital')
  expect(text).toMatchInlineSnapshot(`
    "# Disaster-recovery drill of hospital

    2026-11-21 13:02 UTC, target medical, on an isolated clone; ops 0.1.0 on ward.

    | scenario | result | RTO | objective | guide | RPO | objective | writes lost | drill before |
    | --- | --- | --- | --- | --- | --- | --- | --- | --- |
    | container | kept | 5.0 s | 1 h 00 min | 2 min 00 s | 0.0 s | 5 min 00 s | 0 of 100 | RTO 9.0 s, RPO 0.0 s |
    | deletion | **missed: RTO** | 1 h 23 min | 1 h 00 min | 2 min 00 s | 12 s | 5 min 00 s | 40 of 100 | none |
    | corruption | **recovery failed** | - | 1 h 00 min | 2 min 00 s | - | 5 min 00 s | - | none |

    ## container

    - Began 2026-11-21T13:02:04.000Z, ended 2026-11-21T13:03:04.000Z.
    - Data: medical-20261121T120000Z, 1000000000 bytes uncompressed, restored in 40 s.
    - mongodb was killed: back and proved after 5.0 s; 0 of 100 confirmed writes lost (0.0 s).
    - Proof: 2 collections compared by the hash of every document.

    ## deletion

    - Began 2026-11-21T13:02:04.000Z, ended 2026-11-21T13:03:04.000Z.
    - Data: medical-20261121T120000Z, 1000000000 bytes uncompressed, restored in 40 s.
    - mongodb was killed: back and proved after 5.0 s; 0 of 100 confirmed writes lost (0.0 s).
    - Proof: 2 collections compared by the hash of every document.

    ## corruption

    - Began 2026-11-21T13:02:04.000Z, ended 2026-11-21T13:03:04.000Z.
    - Data: medical-20261121T120000Z, 1000000000 bytes uncompressed.
    - **Failed**: medical-1 \\| is damaged (\`CHECKSUM_MISMATCH\`)
    "
  `)
})
