import type { Keys } from '../../../src/ports/keys.js'
import { takeBackup } from '../../../src/procedures/backup/takeBackup.js'
import type { RestoreRequest } from '../../../src/procedures/restore/facts.js'
import { restore } from '../../../src/procedures/restore/restore.js'
import { carriedOut, compression, fakeWorld, medical } from '../../fakes/world.js'

/** Restores the newest backup whole. */
export const request: RestoreRequest = {
  target: medical,
  wanted: { kind: 'latest' },
  choice: {},
  safetyBackup: true,
  allowVersionMismatch: false,
  compression,
}

/** A hospital with a backup, and then a disaster: damaged, deleted, dropped, stray. */
export async function disaster(keys?: Keys) {
  const scene = fakeWorld(keys)
  const { server, world } = scene
  const patients = Array.from({ length: 40 }, (_, at) => ({
    _id: at,
    name: `patient ${at.toString()}`,
  }))
  server.collection('medical_records', 'healthcare_data', patients, ['name_1'])
  server.collection('medical_records', 'audit_trail', [{ _id: 1 }], ['at_1'])
  server.collection('other', 'things', [{ _id: 'kept' }])
  const good = server.state()
  await carriedOut(
    await takeBackup.plan({ target: medical, compression, safety: false }, world),
    world,
  )
  scene.clock.advance(60_000)
  const damaged = patients.slice(10).map((patient) => ({ ...patient, name: 'XXX' }))
  server.collection('medical_records', 'healthcare_data', damaged)
  server.databases.get('medical_records')?.delete('audit_trail')
  server.collection('medical_records', 'stray', [{ _id: 1 }])
  server.collection('other', 'things', [{ _id: 'kept' }, { _id: 'later' }])
  server.log.length = 0
  return { ...scene, good: good['medical_records'], bad: server.state()['medical_records'] }
}

/** Plans a restore and carries it out. */
export async function restored(scene: Scene, changes: Partial<RestoreRequest> = {}) {
  return carriedOut(await restore.plan({ ...request, ...changes }, scene.world), scene.world)
}

/** What `disaster` leaves. */
export type Scene = Awaited<ReturnType<typeof disaster>>
