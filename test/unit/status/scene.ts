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

/** Two weeks: backups began five days ago, one day had none, one only a bad one. */
const days = Array.from({ length: 14 }, (_, index) => {
  const day = `2026-11-${(index + 8).toString().padStart(2, '0')}`
  if (index < 9 || index === 11) return { day, state: 'none' as const, bytes: 0 }
  if (index === 12) return { day, state: 'bad' as const, bytes: 1e8 }
  return { day, state: index === 9 ? ('removed' as const) : ('good' as const), bytes: index * 3e7 }
})

/** A target that is as it should be. */
export function wellTarget(changes: Partial<StatusTarget> = {}): StatusTarget {
  return {
    name: 'medical',
    pointInTime: true,
    server: saw({ version: '6.0.5', primary: true }),
    catalog: saw({ count: 3, newest, newestGood: newest, unreadable: [], unheld: [], days }),
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

const trend = [4, 4, 12, 6, 20, 10, 4, 9].map((cpuPercent, index) => ({
  at: new Date(Date.parse(at) - (7 - index) * 60_000).toISOString(),
  cpuPercent,
  memoryBytes: 300e6 + index * 10e6,
  memoryLimitBytes: 1e9,
}))

/** What a service uses, and used. */
const use = { cpuPercent: 9, memoryBytes: 370e6, memoryLimitBytes: 1e9, trend }

/** A hospital where all is well. */
export function well(changes: Partial<StatusEvidence> = {}): StatusEvidence {
  const service = {
    container: 'hospital_mongodb',
    role: 'service' as const,
    state: 'running',
    startedAt: '2026-11-09T14:00:00.000Z',
    restarts: 0,
  }
  return {
    at,
    promised: { rtoSeconds: 3600, rpoSeconds: 300, backupAgeSeconds: 26 * 3600 },
    services: saw([
      { ...service, service: 'mongodb', health: 'healthy' as const, exitCode: null, use },
      {
        service: 'loader',
        container: 'hospital_loader',
        role: 'job' as const,
        state: 'exited',
        health: null,
        exitCode: 0,
        startedAt: '2026-11-21T13:00:00.000Z',
        restarts: 0,
        use: null,
      },
    ]),
    targets: [wellTarget()],
    shelf: '/var/backups/ops',
    room: saw({ freeBytes: 200e9, neededBytes: 2e9, filling: { state: 'not soon' as const } }),
    schedule: saw({
      scheduler: 'systemd' as const,
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
