import { serialize, type Document } from 'bson'
import { optimeText } from '../../../src/domain/oplog/optime.js'
import type { Target } from '../../../src/domain/target.js'
import { takeBackup } from '../../../src/procedures/backup/takeBackup.js'
import { bisect } from '../../../src/procedures/dr/bisect/bisect.js'
import type { BisectRequest } from '../../../src/procedures/dr/bisect/bisectFacts.js'
import { takeSlices } from '../../../src/procedures/oplog/takeSlices.js'
import { ReplayingServer } from '../../fakes/replayingServer.js'
import { mongod, withScratch } from '../../fakes/scratch.js'
import { carriedOut, compression, fakeWorld, medical } from '../../fakes/world.js'

const namespace = { database: 'medical_records', collection: 'visits' }
const ns = 'medical_records.visits'

/** A hospital that writes, one entry of the oplog at a time, and takes backups and slices. */
export function hospital() {
  const scene = fakeWorld()
  const visits = Array.from({ length: 5 }, (_, at) => ({ _id: at, broken: false }))
  scene.server.collection('medical_records', 'visits', visits)
  scene.server.collection('medical_records', 'audit_trail', [{ _id: 'kept' }])
  scene.server.oplog.write()
  const scratch = new ReplayingServer()
  const { world, own } = withScratch(scene, mongod(), scratch)
  const { signal } = new AbortController()
  let next = 100

  /** Writes to the server and to its oplog; gives the place of the entry. */
  const write = async (entry: Document): Promise<string> => {
    const inner = (entry['o'] as Document)['applyOps'] as readonly Document[] | undefined
    const operations = inner ?? (entry['op'] === 'c' ? [] : [entry])
    await scene.server.stored.apply(operations.map((one) => serialize(one)))
    return optimeText(scene.server.oplog.write(entry).point.at)
  }
  const insert = (fields: Document = {}) =>
    write({ op: 'i', ns, o: { _id: next++, broken: false, ...fields } })
  const update = (id: number, fields: Document) =>
    write({ op: 'u', ns, o: { _id: id, ...fields }, o2: { _id: id } })
  const remove = (id: number) => write({ op: 'd', ns, o: { _id: id } })

  /** So many writes that break nothing. */
  const work = async (count: number) => {
    for (let at = 0; at < count; at++)
      await (at % 2 === 0 ? insert() : update(0, { broken: false }))
  }
  const slice = () =>
    takeSlices({ target: medical, compression, command: 'test' }, scene.world, {
      signal,
      warn: () => undefined,
    })
  const backup = async () => {
    scene.clock.advance(60_000)
    const plan = await takeBackup.plan({ target: medical, compression, safety: false }, scene.world)
    const { result } = await carriedOut(plan, scene.world)
    await slice()
    return result.id
  }
  return { ...scene, world, own, scratch, write, insert, update, remove, work, slice, backup }
}

/** What `hospital` gives. */
export type Hospital = ReturnType<typeof hospital>

/** The request of one who looks for broken visits. */
export function asking(changes: Partial<BisectRequest> = {}): BisectRequest {
  return {
    target: medical,
    namespace,
    query: serialize({ broken: true }),
    compression,
    signal: new AbortController().signal,
    ...changes,
  }
}

/** Plans the search and carries it out. */
export async function bisected({ world }: Hospital, changes: Partial<BisectRequest> = {}) {
  const plan = await bisect.plan(asking(changes), world)
  try {
    return await carriedOut(plan, world)
  } finally {
    await plan.release?.()
  }
}

/** The hospital's target without slices. */
export const withoutSlices: Target = { ...medical, pointInTime: false }
