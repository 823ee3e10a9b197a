import type { Keys } from '../../../src/ports/keys.js'
import type { Plan, Step } from '../../../src/procedures/plan.js'
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

/** A restore that was killed after its safety backup, in the middle of mongorestore; the id of its receipt. */
export async function cutOffAgain(
  scene: Scene,
  changes: Partial<RestoreRequest> = {},
): Promise<string> {
  return killed(await restore.plan({ ...request, ...changes }, scene.world), scene)
}

/** Carries a plan out as far as the first step that destroys, and leaves it as a kill in the middle of that would. */
export async function killed(
  plan: Plan<unknown>,
  scene: Pick<Scene, 'world' | 'receipts' | 'server' | 'clock'>,
): Promise<string> {
  const at = plan.steps.findIndex(({ effect }) => effect === 'destroys')
  const begun: Step = { title: 'Begin', effect: 'changes', run: () => Promise.resolve() }
  const steps = [...plan.steps.slice(0, at), begun]
  const { receipt } = await carriedOut({ ...plan, steps, result: () => undefined }, scene.world)
  if (!receipt) throw new Error('a restore has a receipt')
  await plan.release?.()
  await scene.receipts.save({ ...receipt, state: 'started', destroyed: true })
  scene.receipts.gone.add(receipt.id)
  scene.server.databases.get('medical_records')?.delete('healthcare_data')
  scene.clock.advance(60_000)
  return receipt.id
}

/** What `disaster` leaves. */
export type Scene = Awaited<ReturnType<typeof disaster>>
