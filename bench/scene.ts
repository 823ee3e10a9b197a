import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { mongoImage, startMongoServer, type MongoServer } from '../test/support/mongoServer.js'
import { placeFor, type Place } from '../test/support/cli.js'

const root = join(import.meta.dirname, '..')
/** Of the user of every scene. It guards made-up data for some minutes. */
export const password = 'benchmark'

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
