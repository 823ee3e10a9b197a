import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import type { FollowerNote } from '../../ports/slices.js'
import { remove } from '../disk/disk.js'
import { makeFolder, writeDurably } from '../disk/durable.js'
import { processIdentity } from '../state/processIdentity.js'
import type { SliceLayout } from './layout.js'

/** Beginning with a dot, it is no paper of the slices. */
const name = '.follower.json'

/** Writes the note down, or removes it. */
export async function writeFollower(
  names: SliceLayout,
  follower: FollowerNote | undefined,
): Promise<void> {
  if (!follower) return remove(names.path(name))
  await makeFolder(names.folder)
  await writeDurably(names.path(name), `${JSON.stringify({ version: 1, ...follower })}\n`)
}

/** Reads the note. It is told and nothing depends on it: one that cannot be read is none. */
export async function readFollower(
  names: SliceLayout,
): Promise<(FollowerNote & { readonly gone: boolean }) | undefined> {
  try {
    const { pid, host, since, troubles } = JSON.parse(
      await readFile(names.path(name), 'utf8'),
    ) as FollowerNote
    if (!Number.isSafeInteger(pid) || !Array.isArray(troubles)) return undefined
    const gone = host === hostname() && (await processIdentity(pid)) === undefined
    return { pid, host, since, troubles, gone }
  } catch {
    return undefined
  }
}
