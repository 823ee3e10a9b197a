import { createReadStream } from 'node:fs'
import { lstat, mkdir, open, readdir, rm, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { backupId } from '../../domain/backupId.js'
import { Failure } from '../../domain/failure.js'
import type { Draft, Shelf, ShelfEntry, Spooled } from '../../ports/shelf.js'
import { openDraft } from './draft.js'
import { writeAll, writeDurably } from './durable.js'
import { idOfManifest, layout, type Layout } from './layout.js'
import { readManifest } from './manifestFile.js'
import { onShelf } from './shelfFailure.js'
import { spoolName, sweep } from './sweep.js'

/** Bytes read at once: large enough that the disk, not the calls, sets the pace. */
const readAtOnce = 1024 * 1024

/** A target's backups in a folder of this machine. */
export function folderShelf(shelf: string, target: string): Shelf {
  const names = layout(shelf, target)

  return {
    folder: names.folder,

    prepare: () => onShelf(names.folder, () => prepare(names)),

    draft: (at, safety) => onShelf(names.folder, () => draft(names, target, at, safety)),

    list: () => onShelf(names.folder, async () => (await read(names)).entries),

    unreadable: () => onShelf(names.folder, async () => (await read(names)).unreadable),

    read: (path) => readFrom(path),

    judge: (id, trust, at, judgement) =>
      onShelf(names.manifest(id), async () => {
        const found = await readManifest(names.manifest(id), id)
        if ('reason' in found)
          throw new Failure(
            'not-found',
            'BACKUP_NOT_FOUND',
            `the manifest of ${id} cannot be read: ${found.reason}`,
            ['ops backup list'],
          )
        const judged = { ...found.manifest, trust, judgedAt: at.toISOString(), judgement }
        await writeDurably(names.manifest(id), `${JSON.stringify(judged, undefined, 1)}\n`)
      }),

    sweep: () => onShelf(names.folder, () => sweep(names)),

    freeBytes: () =>
      onShelf(names.folder, async () => {
        const { bavail, bsize } = await statfs(await nearestFolder(names.folder))
        return bavail * bsize
      }),

    spool: (source) => onShelf(names.folder, () => spool(names, source)),
  }
}

/**
 * A shelf in which others could exchange files, or a link to a folder of theirs, is no place for a hospital's data. Throws
 * `SHELF_UNWRITABLE` (environment), `SHELF_EXPOSED` (refused).
 */
async function requireOwn(folder: string): Promise<void> {
  const found = await lstat(folder)
  if (!found.isDirectory()) {
    throw new Failure(
      'environment',
      'SHELF_UNWRITABLE',
      `${folder} is a link or a file, not a folder`,
      [`ls -ld ${folder}`],
    )
  }
  if ((found.mode & 0o022) === 0) return
  throw new Failure(
    'refused',
    'SHELF_EXPOSED',
    `others may write to ${folder}: they could exchange backups`,
    [`chmod go-w ${folder}`],
  )
}

async function prepare(names: Layout): Promise<void> {
  await mkdir(names.folder, { recursive: true, mode: 0o700 })
  await requireOwn(names.folder)
  await mkdir(names.quarantine, { recursive: true, mode: 0o700 })
  const probe = join(names.folder, `.probe-${process.pid.toString()}`)
  const handle = await open(probe, 'w', 0o600)
  try {
    await handle.sync()
  } finally {
    await handle.close()
    await rm(probe, { force: true })
  }
}

/** The folder, or the closest one above it that is there. */
async function nearestFolder(folder: string): Promise<string> {
  const found = await stat(folder).catch(() => undefined)
  const above = dirname(folder)
  return found !== undefined || above === folder ? folder : nearestFolder(above)
}

/** The name holds our process number: the next run removes what a killed one left, and nobody else's. */
async function spool(names: Layout, source: AsyncIterable<Uint8Array>): Promise<Spooled> {
  await prepare(names)
  const path = join(names.folder, spoolName(process.pid))
  const handle = await open(path, 'w', 0o600)
  try {
    for await (const chunk of source) await writeAll(handle, chunk)
  } catch (error) {
    await rm(path, { force: true })
    throw error
  } finally {
    await handle.close()
  }
  return { path, discard: () => rm(path, { force: true }) }
}

async function draft(names: Layout, target: string, at: Date, safety: boolean): Promise<Draft> {
  for (let again = 0; ; again++) {
    const id = backupId(target, at, again, safety)
    if ((await exists(names.archive(id))) || (await exists(names.manifest(id)))) continue
    try {
      return await openDraft(names, id)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
  }
}

async function read(names: Layout) {
  const entries: ShelfEntry[] = []
  const unreadable: { file: string; reason: string }[] = []
  const files = await readdir(names.folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  })
  for (const file of files) {
    const id = idOfManifest(file)
    if (id === undefined || file.startsWith('.')) continue
    const found = await readManifest(join(names.folder, file), id)
    if ('reason' in found) {
      unreadable.push({ file: join(names.folder, file), reason: found.reason })
      continue
    }
    const path = names.archive(id)
    const size = await sizeOf(path)
    entries.push({ manifest: found.manifest, path, present: size === found.manifest.bytes })
  }
  // The id holds the second it was taken in: newest first, also where clocks were set back within a day.
  entries.sort((one, other) =>
    newestFirst(one.manifest.takenAt, other.manifest.takenAt, one.manifest.id, other.manifest.id),
  )
  return { entries, unreadable }
}

function newestFirst(one: string, other: string, oneId: string, otherId: string): number {
  if (one !== other) return one < other ? 1 : -1
  return oneId < otherId ? 1 : -1
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.size
}

async function exists(path: string): Promise<boolean> {
  return (await sizeOf(path)) !== undefined
}

async function* readFrom(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path, { highWaterMark: readAtOnce }) as AsyncIterable<Buffer>
  } catch (error) {
    if (
      error instanceof Error &&
      'code' in error &&
      (error.code === 'ENOENT' || error.code === 'EISDIR')
    ) {
      throw new Failure(
        'not-found',
        'BACKUP_NOT_FOUND',
        `there is no file ${path}`,
        ['ops backup list'],
        { cause: error },
      )
    }
    if (error instanceof Error && 'code' in error && error.code === 'EACCES') {
      throw new Failure(
        'environment',
        'SHELF_UNREADABLE',
        `${path} may not be read by this user`,
        [`ls -l ${path}`],
        { cause: error },
      )
    }
    throw error
  }
}
