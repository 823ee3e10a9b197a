import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { mongoImage, startMongoServer, type MongoServer } from '../test/support/mongoServer.js'
import { placeFor, type Place } from '../test/support/cli.js'

const root = join(import.meta.dirname, '..')
const password = 'benchmark'

/** A data set on a server of its own, with a place to back it up from. */
export interface Scene {
  readonly name: string
  readonly documents: number
  readonly server: MongoServer
  readonly place: Place
  remove(): Promise<void>
}

/** The healthcare data set, by the reference loader; for the large one, copied over and over with new ids. */
export async function makeScene(name: string, documents: number): Promise<Scene> {
  const server = await startMongoServer({ password })
  await loadReference(server)
  const patients = server.client.db('medical_records').collection('healthcare_data')
  const loaded = await patients.countDocuments()
  if (documents > loaded) {
    const source = server.client.db('seed').collection('healthcare_data')
    await patients.aggregate([{ $out: { db: 'seed', coll: 'healthcare_data' } }]).toArray()
    for (let have = loaded; have < documents; have += loaded) {
      const some = Math.min(loaded, documents - have)
      await source
        .aggregate([
          { $limit: some },
          { $project: { _id: 0 } },
          { $merge: { into: { db: 'medical_records', coll: 'healthcare_data' } } },
        ])
        .toArray()
    }
    await server.client.db('seed').dropDatabase()
  }
  const place = await placeFor({ ...server, password })
  return {
    name,
    documents: await patients.countDocuments(),
    server,
    place,
    remove: async () => {
      await place.remove()
      await server.remove()
    },
  }
}

async function loadReference(server: MongoServer): Promise<void> {
  const data = join(root, 'data')
  await mkdir(data, { recursive: true })
  await execa('node', [join(root, 'stack/data/generate.mjs')], { cwd: root })
  await execa('docker', [
    'run',
    '--rm',
    '--network',
    `container:${server.container}`,
    '--label',
    'ops.test=bench',
    '--volume',
    `${join(root, 'stack/migration')}:/app:ro`,
    '--volume',
    `${data}:/data/healthcare`,
    '--env',
    'HOME=/tmp',
    '--env',
    'MONGO_URI=mongodb://127.0.0.1:27017/?directConnection=true',
    '--env',
    'MONGO_DATABASE=medical_records',
    '--env',
    `MONGO_USERNAME=${server.username}`,
    '--env',
    `MONGO_PASSWORD=${password}`,
    '--entrypoint',
    'bash',
    mongoImage(),
    '/app/run.sh',
  ])
}

/** The guide's backup, as it stands there, with the sign-in that it forgets. */
export function guideBackup({ server, place }: Scene): string {
  const { container } = server
  return `docker exec ${container} mongodump ${signIn(server)} --db=medical_records --gzip --archive=/tmp/backup.gz &&
    docker cp ${container}:/tmp/backup.gz '${join(place.folder, 'guide.gz')}' &&
    docker exec ${container} rm /tmp/backup.gz`
}

/** The guide's restore, with the `--drop` without which it restores nothing over existing data. */
export function guideRestore({ server, place }: Scene): string {
  const { container } = server
  return `docker cp '${join(place.folder, 'guide.gz')}' ${container}:/tmp/backup.gz &&
    docker exec ${container} mongorestore ${signIn(server)} --nsInclude='medical_records.*' --drop --gzip --archive=/tmp/backup.gz &&
    docker exec ${container} rm /tmp/backup.gz`
}

function signIn({ username }: MongoServer): string {
  return `--username='${username}' --password=${password} --authenticationDatabase=admin`
}
