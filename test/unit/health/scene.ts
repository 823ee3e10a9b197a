import type {
  ContainerSeen,
  HealthEvidence,
  HealthTarget,
} from '../../../src/checks/health/evidence.js'
import { judgeHealth } from '../../../src/checks/health/judge.js'
import type { HealthFinding } from '../../../src/domain/health.js'
import { saw, well, wellTarget } from '../status/scene.js'

/** A hospital at two in the afternoon. */
export const at = '2026-11-21T14:00:00.000Z'

/** The server's container, as it should be. */
export function aContainer(changes: Partial<ContainerSeen> = {}): ContainerSeen {
  return {
    service: 'mongodb',
    container: 'hospital_mongodb',
    role: 'service',
    state: 'running',
    health: 'healthy',
    exitCode: 0,
    outOfMemory: false,
    restarts: 0,
    startedAt: '2026-11-20T14:00:00.000Z',
    memoryLimit: 0,
    runsOnce: false,
    server: true,
    image: { name: 'mongo:6.0.5', id: 'sha256:1', named: 'mongo:6.0.5', namedId: 'sha256:1' },
    ...changes,
  }
}

/** The job that loads the data, done. */
export function aJob(changes: Partial<ContainerSeen> = {}): ContainerSeen {
  return aContainer({
    service: 'loader',
    container: 'hospital_loader',
    role: 'job',
    state: 'exited',
    health: null,
    runsOnce: true,
    server: false,
    ...changes,
  })
}

/** The server, as it should be. */
export function aTarget(changes: Partial<HealthTarget> = {}): HealthTarget {
  return {
    name: 'medical',
    service: 'mongodb',
    server: saw({
      version: '6.0.5',
      primary: true,
      host: 'mongodb',
      replicaSet: 'rs0',
      localTime: at,
      askedAt: at,
      answeredAt: at,
      milliseconds: 2,
    }),
    write: saw({ kind: 'confirmed' as const, milliseconds: 9 }),
    pressure: saw({
      connections: { current: 12, available: 800 },
      cache: { maximumBytes: 1e9, usedBytes: 4e8, dirtyBytes: 1e7 },
    }),
    long: saw([]),
    oplog: saw({ seconds: 3 * 86_400, full: true }),
    members: saw([{ name: 'mongodb:27017', state: 'PRIMARY', reachable: true }]),
    indexes: saw([]),
    certificate: saw(null),
    ...changes,
  }
}

/** A hospital where all is well. */
export function aHospital(changes: Partial<HealthEvidence> = {}): HealthEvidence {
  const { services, schedule, ...protection } = well()
  const target = wellTarget()
  const catalog = target.catalog.state === 'seen' ? target.catalog.facts : undefined
  if (!catalog || !services || !schedule) throw new Error('a scene')
  const lastTest = {
    id: 'medical-20261121T020000Z',
    at: '2026-11-20T02:00:00.000Z',
    secondsPerGigabyte: 100,
  }
  return {
    at,
    stack: 'hospital',
    names: ['medical'],
    promised: protection.promised,
    engine: saw({
      version: '20.10.24',
      clock: { askedAt: at, at, answeredAt: at },
      memory: { totalBytes: 16e9, availableBytes: 8e9 },
    }),
    containers: saw([aContainer(), aJob()]),
    memory: saw([]),
    targets: [aTarget()],
    protection: {
      ...protection,
      targets: [
        {
          ...target,
          catalog: saw({ ...catalog, lastTest }),
          withoutHost: target.withoutServer,
        },
      ],
    },
    retention: [
      {
        target: 'medical',
        seen: saw({ target: 'medical', configured: true, overdue: [], alarms: [] }),
      },
    ],
    sources: [],
    history: saw({ stretches: [], damaged: 0 }),
    recorded: saw(true as const),
    ...changes,
  }
}

/** What is judged of that, by id. */
export function judgedOf(changes: Partial<HealthEvidence> = {}): Record<string, HealthFinding> {
  const { checks } = judgeHealth(aHospital(changes))
  return Object.fromEntries(checks.map((check) => [check.id, check]))
}
