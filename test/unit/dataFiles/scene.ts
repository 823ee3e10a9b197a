import { restoreDataFiles } from '../../../src/procedures/dataFiles/restoreDataFiles.js'
import { takeDataFiles } from '../../../src/procedures/dataFiles/takeDataFiles.js'
import type { World } from '../../../src/ports/world.js'
import type { FakeServer } from '../../fakes/server.js'
import { carriedOut, compression, fakeWorld, medical } from '../../fakes/world.js'

/** Writes may wait a minute. */
export const request = { target: medical, compression, lockLimitSeconds: 60 }

/** A hospital whose server holds some patients. */
export function hospital() {
  const scene = fakeWorld()
  const patients = Array.from({ length: 40 }, (_, at) => ({ _id: at }))
  scene.server.collection('medical_records', 'healthcare_data', patients, ['name_1'])
  return scene
}

/** Plans a copy of the data files and carries it out. */
export async function copied(world: World, changes: Partial<typeof request> = {}) {
  return carriedOut(await takeDataFiles.plan({ ...request, ...changes }, world), world)
}

/** A hospital with a copy of its data files on the shelf. */
export async function withCopy(prepare: (server: FakeServer) => void = () => undefined) {
  const scene = hospital()
  prepare(scene.server)
  const { result } = await copied(scene.world)
  scene.clock.advance(60_000)
  scene.server.log.length = 0
  scene.stack.log.length = 0
  scene.dataVolumes.log.length = 0
  const [entry] = await scene.shelf.list()
  if (!entry) throw new Error('the copy is on the shelf')
  return { ...scene, entry, id: result.id }
}

/** A hospital with a copy. */
export type Scene = Awaited<ReturnType<typeof withCopy>>

/** The wait between two looks at a server passes at once. */
export function impatient({ world, clock }: Scene): World {
  return { ...world, clock }
}

/** Plans to put that copy in place. */
export const planned = (scene: Scene) =>
  restoreDataFiles.plan({ target: medical, entry: scene.entry, compression }, impatient(scene))

/** Puts it in place. */
export async function restored(scene: Scene) {
  return carriedOut(await planned(scene), impatient(scene))
}
