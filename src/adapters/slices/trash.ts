import { join } from 'node:path'
import { sliceFile } from '../../domain/oplog/sliceName.js'
import type { Removal } from '../../ports/shelf.js'
import type { TrashedSlice } from '../../ports/slices.js'
import { remove, rename, syncFolder } from '../disk/disk.js'
import { isMissing, makeFolder } from '../disk/durable.js'
import { namesIn } from '../disk/namesIn.js'
import { readRemovals, writeRemoval } from '../shelf/removals.js'
import { sizeOf } from '../shelf/shelfList.js'
import { damageEnding, type SliceLayout } from './layout.js'

/** Names that the file of a slice may have, and that of a note of what is wrong with it. */
const filesOf = (id: string) => [sliceFile(id, false), sliceFile(id, true), `${id}${damageEnding}`]

/** Moves slices to the trash, the manifest first: with it a slice is listed or not. What is to go is written down before. */
export async function moveSlices(
  names: SliceLayout,
  ids: readonly string[],
  removal: Removal,
): Promise<void> {
  await makeFolder(names.trash)
  await writeRemoval({ folder: names.trash }, ids, removal)
  for (const id of ids) {
    await ifThere(rename(names.manifest(id), join(names.trash, `${id}.json`)))
    await moveFile(id, names.folder, names.trash)
  }
  await settle(names)
}

/** Puts slices back, the manifest last; tells which were there. */
export async function bringBackSlices(
  names: SliceLayout,
  ids: readonly string[],
): Promise<readonly string[]> {
  const back: string[] = []
  for (const id of ids) {
    const manifest = join(names.trash, `${id}.json`)
    // What has the name by now is another slice: it stays.
    if ((await sizeOf(manifest)) === undefined) continue
    if ((await sizeOf(names.manifest(id))) !== undefined) continue
    await moveFile(id, names.trash, names.folder)
    await rename(manifest, names.manifest(id))
    back.push(id)
  }
  await settle(names)
  return back
}

/** What is in the trash, by manifests. */
export async function slicesInTrash({ trash }: SliceLayout): Promise<readonly TrashedSlice[]> {
  const since = new Map<string, string>()
  for (const { record } of await readRemovals({ folder: trash }))
    for (const id of record.ids) since.set(id, record.removedAt)
  const ids = (await namesIn(trash))
    .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
    .filter((name) => !name.endsWith(damageEnding))
    .map((name) => name.slice(0, -'.json'.length))
  return ids.map((id) => {
    const removedAt = since.get(id)
    return { id, ...(removedAt === undefined ? {} : { removedAt }) }
  })
}

/** Deletes slices from the trash for good, the file first: while the manifest is there, it is known what is left. */
export async function eraseSlices(names: SliceLayout, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    for (const file of filesOf(id)) await remove(join(names.trash, file))
    await remove(join(names.trash, `${id}.json`))
  }
  await settle(names)
}

/** Ends what a killed run began: a slice whose manifest is in the trash follows it there. */
export async function finishMoves(names: SliceLayout): Promise<readonly string[]> {
  const inTrash = new Set(await namesIn(names.trash))
  const told: string[] = []
  for (const name of await namesIn(names.folder)) {
    const id = /^(.*)\.oplog\.gz(?:\.age)?$/.exec(name)?.[1] ?? ''
    if (!inTrash.has(`${id}.json`) || (await sizeOf(names.manifest(id))) !== undefined) continue
    await moveFile(id, names.folder, names.trash)
    told.push(`${join(names.trash, name)}: on its way to the trash when a run was killed; moved`)
  }
  return told
}

async function moveFile(id: string, from: string, to: string): Promise<void> {
  for (const file of filesOf(id)) await ifThere(rename(join(from, file), join(to, file)))
}

/** Makes it last, and forgets records of which nothing is left. */
async function settle(names: SliceLayout): Promise<void> {
  const left = new Set(await namesIn(names.trash))
  if (left.size === 0) return
  await syncFolder(names.trash)
  await syncFolder(names.folder)
  for (const { path, record } of await readRemovals({ folder: names.trash }))
    if (!record.ids.some((id) => left.has(`${id}.json`))) await remove(path)
}

async function ifThere(work: Promise<void>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!isMissing(error)) throw error
  })
}
