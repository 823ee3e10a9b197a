import { takeBackup } from '../../../src/procedures/backup/takeBackup.js'
import { trial, type TrialRequest } from '../../../src/procedures/trial/trial.js'
import type { FakeGreeting } from '../../fakes/ownContainers.js'
import { mongod, withScratch } from '../../fakes/scratch.js'
import { carriedOut, compression, fakeWorld, medical } from '../../fakes/world.js'

export { mongod }

/** A hospital with a backup, and an engine that starts scratch servers. */
export async function hospital(greeting: FakeGreeting = mongod()) {
  const scene = fakeWorld()
  const patients = Array.from({ length: 300 }, (_, at) => ({ _id: at, name: `p ${at.toString()}` }))
  scene.server.collection('medical_records', 'healthcare_data', patients, ['name_1'])
  scene.server.collection('medical_records', 'audit_trail', [{ _id: 'one' }])
  const taken = await carriedOut(
    await takeBackup.plan({ target: medical, compression, safety: false }, scene.world),
    scene.world,
  )
  scene.server.log.length = 0
  return { ...scene, ...withScratch(scene, greeting), id: taken.result.id }
}

/** What `hospital` gives. */
export type Hospital = Awaited<ReturnType<typeof hospital>>

/** Plans a trial and carries it out. */
export async function tested(
  { world }: Hospital,
  changes: Partial<TrialRequest> = {},
  signal?: AbortSignal,
) {
  return carriedOut(await trial.plan({ target: medical, ...changes }, world), world, signal)
}
