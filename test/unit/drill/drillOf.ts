import type { Drill } from '../../../src/domain/drill.js'

/** A drill that kept everything. */
export function drillOf(changes: Partial<Drill> = {}): Drill {
  return {
    schema: 1,
    id: '20261121T130204Z-medical-container-1',
    scenario: 'container',
    target: 'medical',
    startedAt: '2026-11-21T13:02:04.000Z',
    finishedAt: '2026-11-21T13:03:04.000Z',
    outcome: 'kept',
    rtoSeconds: 5,
    rpoSeconds: 0,
    lostOperations: 0,
    strikes: [
      {
        what: 'mongodb was killed',
        rtoSeconds: 5,
        rpoSeconds: 0,
        operations: 100,
        lostOperations: 0,
      },
    ],
    objectives: { rtoSeconds: 3600, rpoSeconds: 300 },
    missed: [],
    guideSeconds: 120,
    backup: 'medical-20261121T120000Z',
    rawBytes: 1e9,
    fillSeconds: 40,
    proof: '2 collections compared by the hash of every document',
    host: 'ward',
    opsVersion: '0.1.0',
    ...changes,
  }
}
