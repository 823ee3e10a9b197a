import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { MongoClient, type Document } from 'mongodb'
import { connectionString } from '../../src/adapters/mongo/connectionString.js'
import { Secret } from '../../src/domain/secret.js'
import type { Target } from '../../src/domain/target.js'

/** Holds every character that shells, URLs, YAML and JSON trip over. It must turn up nowhere. */
export const canaryPassword = `k@n:a/r?y#5% '"$x`

const root = join(import.meta.dirname, '../..')

/** The image that the machine's set-up chose. */
export function mongoImage(): string {
  const found = /^OPS_MONGO_IMAGE=(.+)$/m.exec(readFileSync(join(root, '.env'), 'utf8'))
  return process.env['OPS_MONGO_IMAGE'] ?? found?.[1] ?? 'ops-mongo:6.0.5'
}

/** A real mongod in a real container, with authentication and a replica set of one. */
export interface MongoServer {
  readonly container: string
  readonly port: number
  readonly username: string
  readonly password: string
  readonly client: MongoClient
  target(changes?: Partial<Target>): Target
  remove(): Promise<void>
}

const username = 'root user'

/** How the server is started. */
export interface MongoServerOptions {
  readonly password?: string
  /** A standalone has no oplog. */
  readonly standalone?: boolean
  readonly published?: boolean
  /** A network of the test's own: on it nobody else takes its address while it is down. */
  readonly network?: string
  /** The data lies on a file system of its own, in memory, of this size. */
  readonly dataBytes?: number
  /** Folder with `ca.pem` and `server.pem`: it takes TLS then, and at first what is plain as well. */
  readonly certificates?: string
  /** Further arguments of mongod. */
  readonly more?: readonly string[]
}

/** Starts one and waits until it takes writes. It is labelled, so that leftovers of a killed run can be found. */
export async function startMongoServer(options: MongoServerOptions = {}): Promise<MongoServer> {
  const {
    password = canaryPassword,
    standalone = false,
    published = true,
    network,
    dataBytes,
    certificates,
    more = [],
  } = options
  const container = `ops-test-${randomBytes(4).toString('hex')}`
  const mongod = standalone
    ? ['mongod', '--bind_ip_all']
    : ['mongod', '--replSet=rs0', '--keyFile=/data/configdb/replica.key', '--bind_ip_all']
  await execa('docker', [
    'run',
    '--detach',
    '--name',
    container,
    '--label',
    'ops.test=server',
    '--hostname',
    'mongodb',
    ...(published ? ['--publish', '127.0.0.1::27017'] : []),
    ...(network === undefined ? [] : ['--network', network]),
    '--env',
    `MONGO_INITDB_ROOT_USERNAME=${username}`,
    '--env',
    `MONGO_INITDB_ROOT_PASSWORD=${password}`,
    '--volume',
    `${join(root, 'stack/mongodb')}:/stack:ro`,
    ...(certificates === undefined ? [] : ['--volume', `${certificates}:/tls:ro`]),
    '--tmpfs',
    '/data/configdb',
    ...(dataBytes === undefined ? [] : ['--tmpfs', `/data/db:size=${dataBytes.toString()}`]),
    '--entrypoint',
    'bash',
    mongoImage(),
    '/stack/start.sh',
    ...mongod,
    '--wiredTigerCacheSizeGB=0.5',
    ...more,
    ...(certificates === undefined ? [] : tlsArguments('/tls')),
  ])
  const discard = () =>
    execa('docker', ['rm', '--force', '--volumes', container], { reject: false })
  const { port, client } = await reached(container, password, options).catch(
    async (error: unknown) => {
      await discard()
      throw error
    },
  )
  const secret = (value: string) => ({ from: 'value' as const, value: new Secret(value) })

  return {
    container,
    port,
    username,
    password,
    client,
    target: (changes = {}) => ({
      name: 'medical',
      place: { kind: 'container', container },
      databases: ['medical_records'],
      credentials: { username: secret(username), password: secret(password), authSource: 'admin' },
      writers: [],
      expectations: {},
      engine: 'auto',
      pointInTime: !standalone,
      ...changes,
    }),
    async remove() {
      await client.close().catch(() => undefined)
      await discard()
    },
  }
}

/** Arguments of a mongod that asks its clients for certificates too, where they come over TLS. */
export function tlsArguments(folder: string): readonly string[] {
  return [
    '--tlsMode=preferTLS',
    `--tlsCertificateKeyFile=${folder}/server.pem`,
    `--tlsCAFile=${folder}/ca.pem`,
  ]
}

/** The first client of a server, once it takes writes. */
async function reached(
  container: string,
  password: string,
  { standalone = false, published = true }: MongoServerOptions,
): Promise<Pick<MongoServer, 'port' | 'client'>> {
  const hostAndPort = published
    ? await publishedAt(container)
    : `${await addressOf(container)}:27017`
  const credentials = { username, password: new Secret(password), authSource: 'admin' }
  const client = await signedIn(connectionString(hostAndPort, credentials).reveal())
  if (!standalone) await initiated(client)
  return { port: Number(hostAndPort.split(':')[1]), client }
}

async function publishedAt(container: string): Promise<string> {
  const { stdout } = await execa('docker', ['port', container, '27017/tcp'])
  return stdout.split('\n')[0] ?? ''
}

/** Address of a container on its network: also reaches a server that publishes no port. */
async function addressOf(container: string): Promise<string> {
  const { stdout } = await execa('docker', [
    'inspect',
    '--format',
    '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}',
    container,
  ])
  return stdout.trim()
}

/** A client of the server in a container that somebody else started. Waits until it takes writes. */
export async function clientOf(
  container: string,
  signIn?: { readonly username: string; readonly password: string },
): Promise<MongoClient> {
  const hostAndPort = `${await addressOf(container)}:27017`
  if (!signIn) return signedIn(`mongodb://${hostAndPort}/?directConnection=true`)
  const { username, password } = signIn
  const credentials = { username, password: new Secret(password), authSource: 'admin' }
  return signedIn(connectionString(hostAndPort, credentials).reveal())
}

/** The first mongod of an image only makes the user, on loopback; the second one answers here. */
async function signedIn(uri: string): Promise<MongoClient> {
  for (let attempt = 0; ; attempt++) {
    const client = new MongoClient(uri, { serverSelectionTimeoutMS: 1000 })
    try {
      await client.db('admin').command({ ping: 1 })
      return client
    } catch (error) {
      await client.close().catch(() => undefined)
      if (attempt > 60) throw error
      await sleep(500)
    }
  }
}

async function initiated(client: MongoClient): Promise<void> {
  const admin = client.db('admin')
  await admin.command({
    replSetInitiate: { _id: 'rs0', members: [{ _id: 0, host: 'mongodb:27017' }] },
  })
  for (;;) {
    const hello: Document = await admin.command({ hello: 1 })
    if (hello['isWritablePrimary'] === true) return
    await sleep(100)
  }
}

/** MD5 of every document of a database, as the server computes it. */
export async function hashOf(client: MongoClient, database = 'medical_records'): Promise<string> {
  const answer = await client.db(database).command({ dbHash: 1 })
  return String(answer['md5'])
}

/** Patients, with two indexes beside `_id_`, and a small second collection. `padding` bytes make each one larger. */
export async function loadPatients(
  client: MongoClient,
  documents = 5_000,
  padding = 0,
): Promise<void> {
  const db = client.db('medical_records')
  const patients = Array.from({ length: documents }, (_, at) => ({
    patient_info: {
      name: `Patient ${at.toString()}`,
      age: 20 + (at % 60),
      gender: at % 2 === 0 ? 'Female' : 'Male',
    },
    billing: { insurance_provider: 'Cigna', billing_amount: 1000 + at / 7 },
    metadata: { created_at: new Date(1_700_000_000_000 + at) },
    ...(padding > 0 ? { notes: 'x'.repeat(padding) } : {}),
  }))
  for (let at = 0; at < patients.length; at += 10_000) {
    await db.collection('healthcare_data').insertMany(patients.slice(at, at + 10_000))
  }
  await db
    .collection('healthcare_data')
    .createIndexes([{ key: { 'patient_info.name': 1 } }, { key: { 'billing.billing_amount': 1 } }])
  await db.collection('audit_trail').insertMany(Array.from({ length: 50 }, (_, at) => ({ at })))
  await db.collection('audit_trail').createIndexes([{ key: { at: 1 }, unique: true }])
}

/** So many million bytes that cannot be compressed, as images are: for backups whose files are to be large. */
export async function loadImages(client: MongoClient, megabytes: number): Promise<void> {
  const images = client.db('medical_records').collection('images')
  for (let at = 0; at < megabytes; at += 10) {
    await images.insertMany(Array.from({ length: 10 }, () => ({ pixels: randomBytes(1_000_000) })))
  }
}
