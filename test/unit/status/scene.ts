import type { StatusEvidence, StatusTarget } from '../../../src/checks/status/evidence.js'
import type { Discarded } from '../../../src/domain/discarded.js'
import type { Protection } from '../../../src/domain/protection.js'

/** A hospital at two in the afternoon. */
const at = '2026-11-21T14:00:00.000Z'

/** A look that brought facts. */
export const saw = <Facts>(facts: Facts) => ({ state: 'seen' as const, facts })

/** A look that nobody answered. */
export const blindly = { state: 'unseen' as const, because: 'no answer within 10 s' }

/** Something to bring back, as of so many seconds ago. */
export function protectedAgo(seconds: number, kind: Protection['kind'] = 'slices'): Protection {
  const moment = new Date(Date.parse(at) - seconds * 1000)
  return {
    id: 'medical-20261121T020000Z',
    kind,
    at: moment.toISOString(),
    point: { at: { seconds: moment.getTime() / 1000, ordinal: 1 }, exact: true },
    rawBytes: 1e9,
    entries: 0,
  }
}

/** So many writes that would be lost. */
export function writes(operations: number, changes: Partial<Discarded> = {}): Discarded {
  return {
    since: at,
    until: at,
    operations,
    namespaces: {},
    more: null,
    notCounted: null,
    among: [],
    ...changes,
  }
}

const newest = {
  id: 'medical-20261121T020000Z',
  takenAt: '2026-11-21T02:00:00.000Z',
  trust: 'restore-tested' as const,
  present: true,
  rawBytes: 1e9,
  copies: [{ to: 'usb', state: 'ok' as const, at }],
}

/** A target that is as it should be. */
export function wellTarget(changes: Partial<StatusTarget> = {}): StatusTarget {
  return {
    name: 'medical',
    pointInTime: true,
    server: saw({ version: '6.0.5', primary: true }),
    catalog: saw({ count: 3, newest, newestGood: newest, unreadable: [], unheld: [] }),
    shelf: saw(protectedAgo(47)),
    places: [{ name: 'usb', held: saw(protectedAgo(107)) }],
    withoutServer: { newest: protectedAgo(47), lost: saw(writes(1204)) },
    withoutHost: { newest: protectedAgo(107), lost: saw(writes(3000)) },
    recovery: saw({ seconds: 2460, spreadSeconds: 360, measured: 3 }),
    slices: saw([]),
    cutOff: saw([]),
    ...changes,
  }
}

/** A hospital where all is well. */
export function well(changes: Partial<StatusEvidence> = {}): StatusEvidence {
  const service = { container: 'hospital_mongodb', role: 'service' as const, state: 'running' }
  return {
    at,
    promised: { rtoSeconds: 3600, rpoSeconds: 300, backupAgeSeconds: 26 * 3600 },
    services: saw([
      { ...service, service: 'mongodb', health: 'healthy' as const, exitCode: null },
      {
        service: 'loader',
        container: 'hospital_loader',
        role: 'job' as const,
        state: 'exited',
        health: null,
        exitCode: 0,
      },
    ]),
    targets: [wellTarget()],
    shelf: '/var/backups/ops',
    room: saw({ freeBytes: 200e9, neededBytes: 2e9 }),
    schedule: saw({
      jobs: [
        {
          job: 'backup',
          state: 'installed' as const,
          next: ['2026-11-22T02:00:00.000Z'],
          due: '2026-11-21T02:00:00.000Z',
          last: { startedAt: '2026-11-21T02:00:01.000Z', outcome: 'done' as const },
          lastDone: { startedAt: '2026-11-21T02:00:01.000Z', outcome: 'done' as const },
        },
      ],
      doubled: [],
    }),
    ...changes,
  }
}
