import type { Keys } from '../../../src/ports/keys.js'
import { takeBackup } from '../../../src/procedures/backup/takeBackup.js'
import type { ReplayRequest } from '../../../src/procedures/replay/facts.js'
import { replay } from '../../../src/procedures/replay/replay.js'
import type { RestoreRequest } from '../../../src/procedures/restore/facts.js'
import { restore } from '../../../src/procedures/restore/restore.js'
import { carriedOut, compression, fakeWorld, medical } from '../../fakes/world.js'
import { request } from '../restore/scene.js'

export const visits = 'medical_records.visits'

export const insert = (_id: number, more: object = {}) => ({
  op: 'i',
  ns: visits,
  o: { _id, ...more },
})

export const set = (_id: number, fields: object) => ({
  op: 'u',
  ns: visits,
  o: { $v: 2, diff: { u: fields } },
  o2: { _id },
})

export const remove = (_id: number) => ({ op: 'd', ns: visits, o: { _id } })

/** A server whose backup holds three visits and no notes yet, and what was written since. */
export async function writtenSince(entries: readonly object[], keys?: Keys) {
  const scene = fakeWorld(keys)
  const { server, world, clock } = scene
  const documents = [1, 2, 3].map((_id) => ({ _id, a: 0 }))
  server.collection('medical_records', 'visits', documents)
  server.collection('medical_records', 'notes', [])
  server.oplog.write()
  await carriedOut(
    await takeBackup.plan({ target: medical, compression, safety: false }, world),
    world,
  )
  clock.advance(60_000)
  for (const entry of entries) server.oplog.write(entry)
  return scene
}

/** What `writtenSince` leaves. */
export type Scene = Awaited<ReturnType<typeof writtenSince>>

/** Plans to go back to the backup, and to keep what that discards. */
export const planned = ({ world }: Scene, changes: Partial<RestoreRequest> = {}) =>
  restore.plan({ ...request, keepDiscarded: true, ...changes }, world)

/** The same, carried out; a minute later. */
export async function restored(scene: Scene, changes: Partial<RestoreRequest> = {}) {
  const done = await carriedOut(await planned(scene, changes), scene.world)
  scene.clock.advance(60_000)
  return done
}

/** Plans to play back. */
export const replayed = ({ world }: Scene, changes: Partial<ReplayRequest> = {}) =>
  replay.plan(
    {
      target: medical,
      choice: { without: [], withDeletions: false },
      safetyBackup: true,
      compression,
      signal: new AbortController().signal,
      ...changes,
    },
    world,
  )

/** Plays back; a minute later. */
export async function playedBack(scene: Scene, changes: Partial<ReplayRequest> = {}) {
  const done = await carriedOut(await replayed(scene, changes), scene.world)
  scene.clock.advance(60_000)
  return done
}

/** The visits that are there, by their ids. */
export function visitsOf({ server }: Scene): Readonly<Record<string, unknown>> {
  const there = server.databases.get('medical_records')?.get('visits')?.documents ?? []
  return Object.fromEntries(there.map(({ _id, ...rest }) => [String(_id), plain(rest)]))
}

/** Numbers of BSON as numbers. */
function plain(fields: object): unknown {
  return JSON.parse(JSON.stringify(fields))
}
