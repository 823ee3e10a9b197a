import { takeBackup } from '../../../src/procedures/backup/takeBackup.js'
import { trial, type TrialRequest } from '../../../src/procedures/trial/trial.js'
import type { Target } from '../../../src/domain/target.js'
import type { World } from '../../../src/ports/world.js'
import { FakeOwnContainers, type FakeGreeting } from '../../fakes/ownContainers.js'
import { FakeServer } from '../../fakes/server.js'
import { container } from '../../fakes/stack.js'
import { carriedOut, compression, fakeWorld, medical } from '../../fakes/world.js'

/** What a container with a mongod says first: the room it has (KiB), then that it listens. */
export const mongod =
  (freeKilobytes = 1e9): FakeGreeting =>
  () => ({
    stdout: `Filesystem 1024-blocks Used Available Capacity Mounted on\noverlay 2000000000 1 ${freeKilobytes.toString()} 1% /\n`,
    stderr: '{"id":23016,"msg":"Waiting for connections"}\n',
  })

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

  const scratch = new FakeServer()
  const own = new FakeOwnContainers(() => ({}), greeting)
  const isScratch = ({ place }: Target) => place.kind === 'container'
  const engine = scene.stack.engine()
  const world: World = {
    ...scene.world,
    ownContainers: own,
    engine: {
      ...engine,
      container: (name) =>
        own.running.has(name)
          ? Promise.resolve(container('scratch', { name }))
          : engine.container(name),
    },
    mongo: { connect: (target) => (isScratch(target) ? scratch : scene.server).connect() },
    tools: {
      choose: (target) => (isScratch(target) ? scratch : scene.server).tools().choose(target),
    },
  }
  return { ...scene, world, scratch, own, id: taken.result.id }
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
