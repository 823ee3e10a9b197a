import type {
  Evidence,
  FileEvidence,
  Looked,
  PlaceEvidence,
  TargetEvidence,
} from '../../../src/checks/doctor/evidence.js'
import type { CopyProbe } from '../../../src/ports/copies.js'
import type { Finding } from '../../../src/domain/finding.js'
import type { FolderFacts, Machine, PathFacts, Tracking } from '../../../src/ports/machine.js'

/** The moment that everything was looked at. */
export const now = '2026-11-21T13:00:00.000Z'

/** Facts that were seen. */
export function saw<Facts>(facts: Facts): Looked<Facts> {
  return { state: 'seen', facts }
}

/** An expected failure met while looking. */
export function refusal(code: string, message = `${code} happened`): Looked<never> {
  return { state: 'refused', code, message, next: [`fix ${code}`] }
}

/** Nobody answered. */
export const silence: Looked<never> = { state: 'unseen', because: 'no answer within 10 s' }

/** A folder as ops makes them. */
export function folder(changes: Partial<FolderFacts> = {}): FolderFacts {
  return {
    path: '/shelf/medical',
    kind: 'folder',
    mode: 0o700,
    owner: 'us',
    device: 2,
    writable: true,
    inMemory: false,
    ...changes,
  }
}

/** A file that is its owner's alone. */
export function file(
  path: string,
  changes: Partial<PathFacts> = {},
  tracking: Tracking = { state: 'outside' },
): FileEvidence {
  return {
    path,
    facts: saw({ path, kind: 'file', mode: 0o600, owner: 'us', ownGroup: true, ...changes }),
    tracking: saw(tracking),
  }
}

/** A container of the reference stack, in health. */
export const mongodb = {
  name: 'healthcare_mongodb',
  service: 'mongodb',
  state: 'running',
  health: 'healthy',
  exitCode: 0,
  oomKilled: false,
  image: 'ops-mongo:6.0.5',
  ports: { '27017/tcp': [{ host: '127.0.0.1', port: 27_017 }] },
} as const

/** What its server says. */
export const server = {
  version: '6.0.5',
  replicaSet: 'rs0',
  primary: true,
  host: 'mongodb',
  uptime: 1000,
  connections: 3,
  localTime: now,
  askedAt: now,
  answeredAt: '2026-11-21T13:00:00.020Z',
} as const

/** What its user may do. */
export const rights = {
  authenticated: true,
  missingForBackup: [],
  missingForRestore: [],
  mayDoEverything: false,
} as const

/** A backup of last night. */
export const lastNight = {
  id: 'medical-20261121T020000Z',
  takenAt: '2026-11-21T02:00:00.000Z',
  trust: 'sound',
  present: true,
  rawBytes: 20e9,
  copies: [{ to: 'offsite', state: 'ok', at: '2026-11-21T02:00:09.000Z' }],
} as const

/** Its trial restore. */
export const lastTest = {
  id: lastNight.id,
  at: '2026-11-21T03:00:00.000Z',
  secondsPerGigabyte: 30,
} as const

/** A place elsewhere that can be used. */
export function place(
  name = 'offsite',
  changes: Partial<CopyProbe> = {},
  type: PlaceEvidence['type'] = 's3',
): PlaceEvidence {
  const probe = { elsewhere: true, because: 's3.example.org', doubts: [], ...changes }
  return { name, type, where: `s3://${name}/`, probe: saw(probe) }
}

/** A target with nothing wrong. */
export function target(changes: Partial<TargetEvidence> = {}): TargetEvidence {
  return {
    name: 'medical',
    place: 'service',
    pointInTime: true,
    container: saw(mongodb),
    image: saw({ name: 'ops-mongo:6.0.5', present: true, used: true }),
    tools: saw({
      engine: 'exec',
      because: 'the tools are in its container',
      mongodump: '100.13.0',
      mongorestore: '100.13.0',
    }),
    connection: saw(true as const),
    server: saw(server),
    rights: saw(rights),
    tls: false,
    planned: saw([{ host: '127.0.0.1', port: '27017', inside: '27017' }]),
    strangers: saw(false),
    password: saw('fair' as const),
    applications: saw({ administrators: 1, services: [], databases: ['medical_records'] }),
    nextBackup: saw({
      databases: ['medical_records'],
      neededBytes: 100e6,
      guessedFrom: '200 MB of data',
    }),
    secretFiles: [],
    shelf: saw(folder()),
    freeBytes: saw(80e9),
    dataDevices: saw([]),
    catalog: saw({ count: 1, newest: lastNight, newestGood: lastNight, lastTest, unreadable: [] }),
    encryption: { recipients: 0, identities: 0, opened: saw({}) },
    backupAgeSeconds: 26 * 3600,
    rtoSeconds: 3600,
    cutOff: saw([]),
    keptFiles: saw([]),
    lock: saw({}),
    ...changes,
  }
}

/** A machine with nothing wrong. */
export function evidence(changes: Partial<Evidence> = {}): Evidence {
  return {
    at: now,
    engine: saw({
      version: '28.1',
      apiVersion: '1.49',
      operatingSystem: 'linux',
      local: true,
      endpoint: 'unix:///var/run/docker.sock',
    }),
    engineSocket: file('/var/run/docker.sock', { kind: 'other', mode: 0o660 }).facts,
    compose: saw('2.26.1'),
    stateFolder: saw(folder({ path: '/var/lib/ops' })),
    configuration: saw({
      file: '/srv/ops.yaml',
      targets: ['medical'],
      warnings: [],
      plainPasswords: [],
    }),
    configurationFile: file('/srv/ops.yaml', { mode: 0o644 }),
    stack: {
      project: saw({ project: 'healthcare', services: ['mongodb', 'loader'], unknown: [] }),
      images: saw([{ name: 'loader:1', present: true, used: false }]),
      environmentFile: file('/srv/.env'),
    },
    places: [place()],
    targets: [target()],
    ...changes,
  }
}

/** The severity and the sentence of a finding: `fail: there is no backup`. */
export function told({ severity, says }: Finding): string {
  return `${severity}: ${says}`
}

/** A machine in memory where every folder and file is as it should be. */
export function fakeMachine(changes: Partial<Machine> = {}): Machine {
  return {
    path: (path) => Promise.resolve({ path, kind: 'file', mode: 0o600, owner: 'us' }),
    real: (path) => Promise.resolve(path),
    folder: (path) => Promise.resolve(folder({ path })),
    readable: () => Promise.resolve(true),
    tracking: () => Promise.resolve({ state: 'untracked' }),
    gone: () => Promise.resolve(false),
    ...changes,
  }
}
