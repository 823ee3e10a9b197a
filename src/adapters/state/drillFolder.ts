import { constants, copyFile, link, mkdir, readdir, readFile, rm, statfs } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Failure } from '../../domain/failure.js'
import type { ShelfEntry } from '../../ports/shelf.js'
import { isMissing, makeFolder, writeDurably } from '../disk/durable.js'
import { layout, type Layout } from '../shelf/layout.js'
import { isGone, processIdentity, type ProcessIdentity } from './processIdentity.js'
import { stateFailure } from './stateFailure.js'

/** Where a drill keeps what its clone writes: shelf, slices, receipts and locks of its own. */
export interface DrillFolder {
  readonly path: string
  readonly shelf: string
  readonly state: string
  /** See `Clone.bareFolder`. */
  readonly bare: string
  /** Of copies; laid out as a shelf is. */
  readonly place: string
  freeBytes(): Promise<number>
  /** See `Clone.lend`. */
  lend(target: string, entry: ShelfEntry, signal: AbortSignal): Promise<void>
  /** See `Clone.copyAway`. */
  copyAway(target: string, entry: ShelfEntry, signal: AbortSignal): Promise<void>
  /** Removes shelf and records; `bare` and `place` stay. */
  empty(): Promise<void>
  remove(): Promise<void>
}

const prefix = '.clone-'
const ownerFile = 'owner.json'

/** Makes a folder below that of the records, which says whose it is before anything else is in it. */
export async function makeDrillFolder(
  stateFolder: string,
  token: string,
  pid: number,
): Promise<DrillFolder> {
  const path = join(stateFolder, 'drills', `${prefix}${token}`)
  try {
    await makeFolder(path)
    await writeDurably(join(path, ownerFile), JSON.stringify(await processIdentity(pid)))
    return folderAt(path)
  } catch (error) {
    throw stateFailure(path, error)
  }
}

function folderAt(path: string): DrillFolder {
  const [shelf, state, place] = [join(path, 'shelf'), join(path, 'state'), join(path, 'place')]
  return {
    path,
    shelf,
    state,
    bare: join(path, 'bare'),
    place,
    async freeBytes() {
      const { bavail, bsize } = await statfs(path)
      return bavail * bsize
    },
    lend: (target, entry, signal) => lendTo(layout(shelf, target), entry, signal),
    async copyAway(target, entry, signal) {
      const { manifest } = entry
      const there = layout(place, target)
      await lendTo(there, entry, signal, async () => {
        if (!manifest.kit) return
        const kit = join(dirname(entry.path), manifest.kit.file)
        await linkOrCopy(kit, there.kit(manifest.id)).catch((error: unknown) => {
          // A backup without its kit is copied without it: whoever looks for it says so.
          if (!isMissing(error)) throw error
        })
      })
    },
    async empty() {
      for (const each of [shelf, state]) await rm(each, { recursive: true, force: true })
    },
    remove: () => rm(path, { recursive: true, force: true }),
  }
}

/** The paper comes last, behind what else is `brought`: what has one is a backup. */
async function lendTo(
  own: Layout,
  { path, manifest }: ShelfEntry,
  signal: AbortSignal,
  brought: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  await mkdir(own.folder, { recursive: true, mode: 0o700 })
  await linkOrCopy(path, join(own.folder, basename(path)))
  await brought()
  signal.throwIfAborted()
  await writeDurably(own.manifest(manifest.id), `${JSON.stringify(manifest)}\n`)
}

/** The file is never written to, by nobody: a second name of it is as good as a copy, and costs nothing. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
  } catch (error) {
    if (isMissing(error)) throw error
    await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE).catch(
      (reason: unknown) => {
        throw full(to, reason)
      },
    )
  }
}

function full(to: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error
  return new Failure('space', 'SHELF_FULL', `no space is left for ${to}`, ['df -h'], {
    cause: error,
  })
}

/** Removes the folders of drills whose process is certainly gone; gives their paths. */
export async function sweepDrillFolders(stateFolder: string): Promise<readonly string[]> {
  const folder = join(stateFolder, 'drills')
  const names = await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return []
    throw stateFailure(folder, error)
  })
  const swept: string[] = []
  for (const name of names.filter((one) => one.startsWith(prefix))) {
    const path = join(folder, name)
    const owner = await ownerOf(path)
    if (!owner || !(await isGone(owner))) continue
    await rm(path, { recursive: true, force: true })
    swept.push(path)
  }
  return swept
}

/** Without a word on its owner it was cut off while it was made, or is being made: nothing of worth is in it either way. */
async function ownerOf(path: string): Promise<ProcessIdentity | undefined> {
  try {
    const parsed: unknown = JSON.parse(await readFile(join(path, ownerFile), 'utf8'))
    const { pid } = parsed as { readonly pid?: unknown }
    return typeof pid === 'number' ? (parsed as ProcessIdentity) : undefined
  } catch {
    return undefined
  }
}
