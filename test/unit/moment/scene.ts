import type { Document } from 'bson'
import type { Keys } from '../../../src/ports/keys.js'
import { optimeText } from '../../../src/domain/oplog/optime.js'
import { wantedMoment } from '../../../src/domain/oplog/wantedMoment.js'
import { takeBackup } from '../../../src/procedures/backup/takeBackup.js'
import type { MomentRequest } from '../../../src/procedures/moment/momentFacts.js'
import { restoreMoment } from '../../../src/procedures/moment/restoreMoment.js'
import { takeSlices } from '../../../src/procedures/oplog/takeSlices.js'
import { carriedOut, compression, fakeWorld, medical } from '../../fakes/world.js'

/** A hospital with a base, a slice behind it, and then a disaster. The last entry of the slice is the moment before it. */
export async function disasterInTime(keys?: Keys, entries: readonly Document[] = [noop]) {
  const scene = fakeWorld(keys)
  const { server, world, clock } = scene
  const { oplog } = server
  const patients = Array.from({ length: 20 }, (_, at) => ({ _id: at, name: at.toString() }))
  server.collection('medical_records', 'healthcare_data', patients, ['name_1'])
  server.collection('medical_records', 'audit_trail', [{ _id: 1 }], ['at_1'])
  server.collection('other', 'things', [{ _id: 'kept' }])
  oplog.write()
  const base = await carriedOut(
    await takeBackup.plan({ target: medical, compression, safety: false }, world),
    world,
  )
  const context = { signal: new AbortController().signal, warn: () => undefined }
  const slice = () => takeSlices({ target: medical, compression, command: 'test' }, world, context)
  for (const entry of entries) oplog.write(entry)
  const last = oplog.entriesHeld.at(-1)
  if (!last) throw new Error('an oplog')
  await slice()
  const good = server.state()
  clock.advance(60_000)
  server.collection('medical_records', 'healthcare_data', patients.slice(10))
  server.databases.get('medical_records')?.delete('audit_trail')
  server.collection('medical_records', 'stray', [{ _id: 1 }])
  oplog.write()
  server.log.length = 0
  return {
    ...scene,
    slice,
    base: base.result,
    good: good['medical_records'],
    time: optimeText(last.point.at),
  }
}

/** What `disasterInTime` leaves. */
export type Scene = Awaited<ReturnType<typeof disasterInTime>>

const noop = { op: 'n', ns: '', o: { msg: 'periodic noop' } }

/** Plans to go back to the moment before the disaster. */
export function planned(scene: Scene, changes: Partial<MomentRequest> & { time?: string } = {}) {
  const { time = scene.time, ...more } = changes
  const request: MomentRequest = {
    target: medical,
    // The clock of the fakes stands earlier than the oplog's.
    wanted: wantedMoment(time, new Date('2030-01-01T00:00:00Z')),
    safetyBackup: true,
    allowVersionMismatch: false,
    compression,
    signal: new AbortController().signal,
    ...more,
  }
  return restoreMoment.plan(request, scene.world)
}

/** Plans and carries out. */
export async function restored(scene: Scene, changes: Parameters<typeof planned>[1] = {}) {
  const plan = await planned(scene, changes)
  try {
    return await carriedOut(plan, scene.world)
  } finally {
    await plan.release?.()
  }
}
