import { judgeTroubles } from '../../../src/checks/troubleshoot/judge.js'
import { troubleOf } from '../../../src/checks/containers/trouble.js'
import type {
  ServerTroubles,
  ServiceSeen,
  TargetTroubles,
  TroubleEvidence,
} from '../../../src/checks/troubleshoot/evidence.js'
import type { SymptomName } from '../../../src/domain/symptoms.js'
import type { ComposeService } from '../../../src/ports/compose.js'
import type { ContainerFacts } from '../../../src/ports/engine.js'
import { container } from '../../fakes/stack.js'

/** A hospital at two in the afternoon. */
export const now = '2026-11-21T14:00:00.000Z'

/** When its containers were started. */
const started = '2026-11-21T08:00:00.000Z'

/** A look that brought facts. */
export const saw = <Facts>(facts: Facts) => ({ state: 'seen' as const, facts })

/** A look that nobody answered. */
export const blindly = { state: 'unseen' as const, because: 'no answer within 10 s' }

/** A look that met an expected failure. */
export const refusedBy = (code: string, message: string) => ({
  state: 'refused' as const,
  code,
  message,
  next: ['ops config show'],
})

/** A service as compose describes it. */
export function declared(name: string, changes: Partial<ComposeService> = {}): ComposeService {
  return {
    name,
    environment: {},
    profiles: [],
    dependsOn: {},
    ports: [],
    volumes: [],
    healthcheck: false,
    restart: 'unless-stopped',
    ...changes,
  }
}

interface Told {
  readonly facts?: Partial<ContainerFacts>
  readonly declared?: Partial<ComposeService>
  /** Lines of its log, with how many seconds ago each was logged. */
  readonly said?: readonly (readonly [secondsAgo: number, text: string])[]
  /** Whether it is of no compose project. */
  readonly outside?: boolean
}

/** A container of the stack that runs; what ails it is judged as ever. */
export function service(
  name: string,
  { facts = {}, declared: described = {}, said = [], outside = false }: Told = {},
  more: Partial<ServiceSeen> = {},
): ServiceSeen {
  const all = container(name, {
    startedAt: started,
    networks: { hospital: [name, `healthcare_${name}`] },
    ...facts,
  })
  const lines = said.map(([ago, text]) => ({
    at: new Date(Date.parse(now) - ago * 1000).toISOString(),
    text,
  }))
  const mongod = more.target !== undefined
  const trouble = troubleOf(
    {
      service: name,
      facts: all,
      image: { name: 'image', present: true },
      lines: lines.map(({ text }) => text),
      mongod,
    },
    now,
  )
  return {
    service: name,
    facts: all,
    ...(outside ? {} : { declared: declared(name, described) }),
    lines: saw(lines),
    mongod,
    job: false,
    ...(trouble && more.job !== true ? { trouble } : {}),
    ...more,
  }
}

/** The database. */
export const database = (told: Told = {}) => service('mongodb', told, { target: 'medical' })

/** A service that works with the database. */
export const api = (told: Told = {}) =>
  service('api', {
    ...told,
    facts: { environment: { MONGO_URI: 'mongodb://user:pass@mongodb:27017/?a=b' }, ...told.facts },
    declared: { dependsOn: { mongodb: 'service_healthy' }, ...told.declared },
  })

/** A server that has nothing special to do. */
export function doing(changes: Partial<ServerTroubles> = {}): ServerTroubles {
  return {
    operations: saw([]),
    slow: saw([]),
    writesLocked: saw(false),
    lockTaker: saw(null),
    space: saw({ freeBytes: 80e9, totalBytes: 100e9 }),
    cacheBytes: saw(256 * 1024 ** 2),
    duplicates: saw([]),
    ...changes,
  }
}

/** A target that is as it should be. */
export function target(changes: Partial<TargetTroubles> = {}): TargetTroubles {
  const server = {
    version: '6.0.5',
    replicaSet: 'rs0',
    primary: true,
    host: 'mongodb:27017',
    localTime: now,
    askedAt: now,
    answeredAt: now,
  }
  return {
    name: 'medical',
    pointInTime: true,
    connection: saw(true as const),
    server: saw(server),
    rights: saw({
      authenticated: true,
      missingForBackup: [],
      missingForRestore: [],
      mayDoEverything: false,
    }),
    doing: saw(doing()),
    oplog: saw({ seconds: 3 * 86_400, whole: false }),
    locks: saw([]),
    newestGood: saw({ id: 'medical-20261121T020000Z', takenAt: '2026-11-21T02:00:00.000Z' }),
    shelf: saw({ freeBytes: 80e9, totalBytes: 100e9, neededBytes: 1e9, folder: '/backups' }),
    ...changes,
  }
}

/** A server that is not reached: nothing of what it would tell is known. */
export function unreached(code = 'CONTAINER_STOPPED', message = 'it does not run'): TargetTroubles {
  const why = refusedBy(code, message)
  return target({ connection: why, server: why, rights: why, doing: why, oplog: why })
}

/** A hospital where all is well. */
export function evidence(changes: Partial<TroubleEvidence> = {}): TroubleEvidence {
  return {
    at: now,
    engine: saw({
      version: '20.10',
      apiVersion: '1.41',
      operatingSystem: 'linux',
      local: true,
      endpoint: 'unix:///var/run/docker.sock',
    }),
    services: saw([database(), api()]),
    ports: saw([]),
    memoryBytes: saw(16 * 1024 ** 3),
    targets: [target()],
    places: [],
    backupAgeSeconds: 26 * 3600,
    everySeconds: 60,
    ...changes,
  }
}

/** Judges a hospital that differs in this. */
export function judged(changes: Partial<TroubleEvidence> = {}, asked?: SymptomName) {
  const { symptoms, verdict, clear } = judgeTroubles(evidence(changes), asked)
  return { symptoms, verdict, clear, causes: symptoms.map(({ cause }) => cause) }
}

/** What was found of one cause. */
export function only<Cause extends { readonly cause: string }>(
  all: readonly Cause[],
  cause: string,
): Cause {
  const [one, ...others] = all.filter((each) => each.cause === cause)
  if (!one || others.length > 0)
    throw new Error(`one ${cause}, among ${all.map((each) => each.cause).join(', ')}`)
  return one
}
