import type { World } from '../../../src/ports/world.js'
import { recoverFromCorruption } from '../../../src/procedures/dr/corruption/corruption.js'
import type { CorruptionRequest } from '../../../src/procedures/dr/corruption/recovery.js'
import { takeBackup } from '../../../src/procedures/backup/takeBackup.js'
import { takeDataFiles } from '../../../src/procedures/dataFiles/takeDataFiles.js'
import { takeSlices } from '../../../src/procedures/oplog/takeSlices.js'
import { undo } from '../../../src/procedures/restore/undo.js'
import { carriedOut, compression, fakeWorld, medical } from '../../fakes/world.js'

/** What a server says that finds a damaged page. */
export const panic =
  '{"s":"E","c":"WT","msg":"read checksum error for 4096B block at offset 32768"}'

/** A hospital with a backup of everything, whose server says nothing bad. */
export async function hospital() {
  const scene = fakeWorld()
  const { server, dataVolumes, world } = scene
  const patients = Array.from({ length: 20 }, (_, at) => ({ _id: at }))
  server.collection('medical_records', 'healthcare_data', patients, ['name_1'])
  server.collection('other', 'things', [{ _id: 'kept' }])
  server.oplog.write()
  await carriedOut(
    await takeBackup.plan({ target: medical, compression, safety: false }, world),
    world,
  )
  const said: { lines: readonly string[] | Error } = { lines: [] }
  // Where an empty data folder comes in place, there is no database any more.
  let aside: typeof server.databases | undefined
  const exchange = dataVolumes.exchange.bind(dataVolumes)
  dataVolumes.exchange = async (place, folder, inPlace) => {
    await exchange(place, folder, inPlace)
    if (dataVolumes.inPlace === 'empty') {
      aside = new Map(server.databases)
      server.databases.clear()
    } else if (inPlace === 'before' && aside) {
      server.databases.clear()
      for (const [name, collections] of aside) server.databases.set(name, collections)
    }
  }
  const watched: World = {
    ...world,
    compose: {
      ...world.compose,
      lastLines: () =>
        said.lines instanceof Error ? Promise.reject(said.lines) : Promise.resolve(said.lines),
    },
  }
  server.log.length = 0
  return { ...scene, world: watched, said, good: server.state() }
}

/** What `hospital` gives. */
export type Scene = Awaited<ReturnType<typeof hospital>>

/** The same with a page that cannot be read. */
export async function damagedHospital(): Promise<Scene> {
  const scene = await hospital()
  scene.said.lines = [panic]
  scene.server.collection('medical_records', 'healthcare_data', [{ _id: 'rubbish' }])
  return scene
}

/** Adds a copy of the data files, and a slice behind the backup. */
export const withCopy = async ({ world }: Scene) =>
  carriedOut(
    await takeDataFiles.plan({ target: medical, compression, lockLimitSeconds: 60 }, world),
    world,
  )

export const slice = ({ world }: Scene) =>
  takeSlices({ target: medical, compression, command: 'test' }, world, {
    signal: new AbortController().signal,
    warn: () => undefined,
  })

export function planned(
  scene: Scene,
  changes: Partial<CorruptionRequest> = {},
  world = scene.world,
) {
  const request: CorruptionRequest = {
    target: medical,
    targets: [medical],
    assumed: false,
    lookLimit: 60_000,
    timeoutSeconds: 10,
    compression,
    signal: new AbortController().signal,
    ...changes,
  }
  return recoverFromCorruption.plan(request, world)
}

export async function recovered(scene: Scene, changes: Partial<CorruptionRequest> = {}) {
  const plan = await planned(scene, changes)
  try {
    return await carriedOut(plan, scene.world)
  } finally {
    await plan.release?.()
  }
}

export async function undone(scene: Scene) {
  scene.clock.advance(1000)
  const request = { target: () => medical, safetyBackup: true, compression }
  const world = { ...scene.world, clock: scene.clock }
  return carriedOut(await undo.plan(request, world), world)
}
