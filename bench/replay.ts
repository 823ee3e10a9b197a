import { join } from 'node:path'
import type { AnyBulkWriteOperation, Document, Timestamp } from 'mongodb'
import type { Measured } from './measure.js'
import { rowOf, type Row } from './report.js'
import type { Scene } from './scene.js'
import { guideBackup, guideRestore, ops, shell, signIn } from './ways.js'

/** Operations written after the base: half of them updates, a tenth deletions, the rest new documents. */
const operations = 30_000

/**
 * A base and what was written after it, put back to the last of those writes: by `mongorestore`, then by `mongorestore --oplogReplay`
 * of the oplog that `mongodump` took; and by `ops restore --to-time`. Both begin with an emptied database, and what is there
 * afterwards is counted.
 */
export async function* replayRows(
  scene: Scene,
  rounds: number,
): AsyncGenerator<Row, void, undefined> {
  process.stderr.write(`${scene.name}: restore to a moment\n`)
  await ops(scene, 'backup', '--quiet')
  await guideBackup(scene)
  const from = await latest(scene)
  await write(scene)
  const until = await latest(scene)
  const documents = await count(scene)
  await ops(scene, 'pitr', 'slice', '--quiet')
  await guideOplog(scene, from, until)
  const runs = { guide: [] as Measured[], ops: [] as Measured[] }
  const once = async (way: () => Promise<Measured>) => {
    await scene.server.client.db('medical_records').dropDatabase()
    // What the other way wrote is no part of what is put back, and need not be read in the time.
    await ops(scene, 'pitr', 'slice', '--quiet')
    const run = await way()
    const found = await count(scene)
    if (found !== documents)
      throw new Error(`${found.toString()} documents of ${documents.toString()} came back`)
    return run
  }
  const moment = `${until.t.toString()}:${until.i.toString()}`
  for (let round = 0; round < rounds; round++) {
    runs.guide.push(await once(() => guideReplay(scene)))
    runs.ops.push(
      await once(() =>
        ops(scene, 'restore', '--to-time', moment, '--quiet', '--confirm', 'medical'),
      ),
    )
  }
  yield rowOf(
    { data: scene.name, work: `restore and replay of ${operations.toLocaleString('en')} writes` },
    runs,
  )
}

function patients({ server }: Scene) {
  return server.client.db('medical_records').collection('healthcare_data')
}

function count(scene: Scene): Promise<number> {
  return patients(scene).countDocuments()
}

/** The time of the last operation. */
async function latest({ server }: Scene): Promise<Timestamp> {
  const pong: Document = await server.client.db('admin').command({ ping: 1 })
  return pong['operationTime'] as Timestamp
}

async function write(scene: Scene): Promise<void> {
  const all = await patients(scene).find().toArray()
  const gone = all.slice(0, operations / 10)
  const kept = all.slice(gone.length)
  const of = <One>(list: readonly One[], at: number) => {
    const found = list[at % list.length]
    if (!found) throw new Error('there are too few documents to write to')
    return found
  }
  const work = Array.from({ length: operations }, (_, at): AnyBulkWriteOperation => {
    const { _id, ...rest } = of(kept, at)
    if (at % 10 === 0) return { deleteOne: { filter: { _id: of(gone, at / 10)._id } } }
    if (at % 2 === 0) return { insertOne: { document: rest } }
    return { updateOne: { filter: { _id }, update: { $set: { seen: at } } } }
  })
  await patients(scene).bulkWrite(work)
}

function oplogFile({ place }: Scene): string {
  return join(place.folder, 'oplog.bson')
}

/** The oplog of that time as a file; no part of a figure, as the slices are none. */
async function guideOplog(scene: Scene, from: Timestamp, until: Timestamp): Promise<void> {
  const { container } = scene.server
  const at = ({ t, i }: Timestamp) => ({ $timestamp: { t, i } })
  const query = JSON.stringify({ ts: { $gt: at(from), $lte: at(until) } })
  await shell(
    scene,
    `docker exec ${container} mongodump ${signIn(scene.server)} --db=local --collection=oplog.rs --query='${query}' --out=/tmp/oplog &&
    docker cp ${container}:/tmp/oplog/local/oplog.rs.bson '${oplogFile(scene)}' &&
    docker exec ${container} rm -r /tmp/oplog`,
  )
}

/** Its restore, then the replay as its documentation has it: a folder with nothing but an oplog. */
async function guideReplay(scene: Scene): Promise<Measured> {
  const { container } = scene.server
  const base = await guideRestore(scene)
  const replay = await shell(
    scene,
    `docker exec ${container} mkdir /tmp/replay &&
    docker cp '${oplogFile(scene)}' ${container}:/tmp/replay/oplog.bson &&
    docker exec ${container} mongorestore ${signIn(scene.server)} --oplogReplay /tmp/replay &&
    docker exec ${container} rm -r /tmp/replay`,
  )
  return {
    seconds: base.seconds + replay.seconds,
    peakBytes: Math.max(base.peakBytes, replay.peakBytes),
  }
}
