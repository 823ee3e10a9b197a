import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { composePlace, type ComposePlace } from './composePlace.js'
import { mongoImage } from './mongoServer.js'

const root = join(import.meta.dirname, '../..')

/** Who signs in to a copy of the reference stack. Dollar signs are what compose files trip over. */
export const referenceSignIn = { username: 'root user', password: 'k@n:a/r?y#5% "$x{y} $$z \\w' }

/** The reference stack's own files, and an override that labels what is started. */
export async function referenceFiles(label: string): Promise<Record<string, string>> {
  const folders = ['stack/mongodb', 'stack/migration']
  const names = await Promise.all(
    folders.map(async (folder) =>
      (await readdir(join(root, folder))).map((name) => `${folder}/${name}`),
    ),
  )
  const all = ['docker-compose.yml', ...names.flat()]
  const files = await Promise.all(
    all.map(async (name) => [name, await readFile(join(root, name), 'utf8')] as const),
  )
  const labels = `labels: [ops.test=${label}]`
  return {
    ...Object.fromEntries(files),
    'docker-compose.override.yml': `services:
  mongodb: {${labels}}
  migration_app: {${labels}}
networks: {healthcare_network: {${labels}}}
volumes: {mongo_data: {${labels}}}
`,
  }
}

/** Settings that keep a copy out of the way of every other one: names of its own, and a port that the engine picks. */
export function referenceSettings(prefix: string): string {
  return `OPS_MONGO_IMAGE=${mongoImage()}
STACK_PREFIX=${prefix}
MONGO_PORT=0
MONGO_CACHE_GB=0.25
MONGO_OPLOG_MB=990
MONGO_ROOT_USERNAME=${referenceSignIn.username}
MONGO_ROOT_PASSWORD='${referenceSignIn.password}'
`
}

/** A copy of the reference stack beside whatever else runs here. */
export interface ReferenceStack extends ComposePlace {
  /** Name of its compose project, and what the names of its containers begin with. */
  readonly prefix: string
  readonly shelf: string
}

/**
 * Makes the copy, with the reference ops.yaml and one more service: `ward`, which writes a document ten times a second
 * while it runs, and which only starts when it is named. Nothing is started.
 */
export async function referenceStack(prefix: string): Promise<ReferenceStack> {
  const place = await composePlace('stack', await referenceFiles('stack'))
  await place.write('.env', `${referenceSettings(prefix)}DATA_FOLDER=./records\n`, 0o600)
  const override = await readFile(join(place.folder, 'docker-compose.override.yml'), 'utf8')
  await place.write('docker-compose.override.yml', override.replace('services:\n', ward))
  await place.write('ward.js', writing)
  const yaml = await readFile(join(root, 'ops.yaml'), 'utf8')
  const changed = yaml
    .replace(
      'compose: [docker-compose.yml]',
      'compose: [docker-compose.yml, docker-compose.override.yml]',
    )
    .replace('project: healthcare', `project: ${prefix}`)
    .replace(/( +)- \{ service: migration_app.*\n/, '$&$1- { service: ward, kind: service }\n')
    // The job's own variables: unlike the server's, only the compose files know them.
    .replace('compose: mongodb.MONGO_INITDB_ROOT_USERNAME', 'compose: migration_app.MONGO_USERNAME')
    .replace('compose: mongodb.MONGO_INITDB_ROOT_PASSWORD', 'compose: migration_app.MONGO_PASSWORD')
  await place.write('ops.yaml', changed)
  return { ...place, prefix, shelf: join(place.folder, 'backups/medical') }
}

/** Generates the data set that the job loads: 55,500 rows, 534 of them twice. */
export async function generateRecords({ folder }: ComposePlace): Promise<void> {
  for (const name of ['raw', 'processed', 'logs'])
    await mkdir(join(folder, 'records', name), { recursive: true })
  const out = join(folder, 'records/raw/healthcare_dataset.csv')
  await execa('node', [join(root, 'stack/data/generate.mjs'), '--out', out])
}

/** A service that stands beside the server and waits for it. */
export const deskService = `services:
  desk:
    image: \${OPS_MONGO_IMAGE}
    labels: [ops.test=stack]
    init: true
    restart: unless-stopped
    depends_on: {mongodb: {condition: service_healthy}}
    entrypoint: [sleep, infinity]
    networks: [healthcare_network]
    tmpfs: [/data/db, /data/configdb]
    healthcheck: {test: [CMD, 'true'], interval: 1s}
`

const ward = `services:
  ward:
    image: \${OPS_MONGO_IMAGE}
    labels: [ops.test=stack]
    profiles: [ward]
    restart: unless-stopped
    init: true
    stop_grace_period: 1s
    entrypoint: [mongosh, --nodb, --quiet, --norc, --file, /ward.js]
    environment: {NAME: '\${MONGO_ROOT_USERNAME}', WORD: '\${MONGO_ROOT_PASSWORD}'}
    volumes: [./ward.js:/ward.js:ro]
    tmpfs: [/data/db, /data/configdb]
    networks: [healthcare_network]
`

const writing = `const { NAME, WORD } = process.env
const uri = 'mongodb://' + encodeURIComponent(NAME) + ':' + encodeURIComponent(WORD) + '@mongodb:27017'
const visits = Mongo(uri + '/?replicaSet=rs0&authSource=admin').getDB('medical_records').ward_visits
for (;;) {
  visits.insertOne({ at: new Date() })
  sleep(100)
}
`
