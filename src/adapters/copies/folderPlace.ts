import { createReadStream } from 'node:fs'
import { stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { formOf } from '../../domain/backupFile.js'
import { requireBackupId } from '../../domain/backupId.js'
import type { DirectoryPlace } from '../../domain/copyPlace.js'
import type { Manifest } from '../../domain/manifest.js'
import { requireSliceFile } from '../../domain/oplog/sliceName.js'
import type { CopyPlace, CopyProbe } from '../../ports/copies.js'
import { isMissing, makeFolder } from '../disk/durable.js'
import { imagesFolder } from '../images/folderImages.js'
import { remove } from '../disk/disk.js'
import { layout } from '../shelf/layout.js'
import { requireOwn } from '../shelf/ownFolder.js'
import { folderSlices } from '../slices/slices.js'
import { shelfList } from '../shelf/shelfList.js'
import { folderFailure, onFolder } from './folderFailure.js'
import { isOnNetwork, requireMounted } from './mount.js'
import { kitInFolder, targetsInFolder } from './folderTargets.js'
import { removeFromFolder, sweepFolder, unfinishedIn } from './folderRemove.js'
import {
  bringSliceToFolder,
  filesInFolder,
  removeSliceFromFolder,
  slicesInFolder,
} from './folderSlices.js'
import { putIntoFolder, writeProof } from './folderWrite.js'
import { missing, requireSameBytes } from './sameBytes.js'

const readAtOnce = 1024 * 1024

/** Copies in a folder, laid out as a shelf is: it can be used as one, and without ops. `shelf` is that of the backups. */
export function folderPlace(settings: DirectoryPlace, shelf: string): CopyPlace {
  const { name, path } = settings
  const using = <Answer>(work: () => Promise<Answer>): Promise<Answer> =>
    onFolder(path, async () => {
      await requireMounted(settings, shelf)
      return work()
    })
  const names = (target: string) => layout(path, target)
  const fileOf = (manifest: Manifest) =>
    names(manifest.target).file(requireBackupId(manifest.id), formOf(manifest))

  const oplogOf = (target: string) => join(names(target).folder, 'oplog')

  async function* readFile(
    file: string,
    name: string,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    await using(() => Promise.resolve())
    try {
      for await (const chunk of createReadStream(file, { highWaterMark: readAtOnce })) {
        signal.throwIfAborted()
        yield chunk as Buffer
      }
    } catch (error) {
      if (isMissing(error)) throw missing(name, path, error)
      throw folderFailure(path, error)
    }
  }
  const read = (manifest: Manifest, signal: AbortSignal) =>
    readFile(fileOf(manifest), manifest.file, signal)
  const images = join(path, imagesFolder)

  return {
    name,
    type: 'directory',
    where: path,

    put: (source, watch) =>
      using(() => putIntoFolder(names(source.manifest.target), source, watch)),

    list: (target) =>
      using(async () => {
        const { entries, unreadable } = await shelfList(names(target))
        return {
          entries: entries.map(({ manifest, present }) => ({ manifest, present })),
          unreadable,
          unfinished: await unfinishedIn(names(target)),
        }
      }),

    read,

    verify: (manifest, { signal, progress }) =>
      onFolder(path, () => requireSameBytes(read(manifest, signal), path, manifest, progress)),

    remove: (manifest) => using(() => removeFromFolder(names(manifest.target), manifest)),

    sweep: (target) => using(() => sweepFolder(names(target))),

    slices: (target) => using(() => slicesInFolder(oplogOf(target))),

    bringSlice: (file, watch) => using(() => bringSliceToFolder(oplogOf(file.target), file, watch)),

    // Laid out as a shelf is.
    sliceHoldings: (target) => using(() => folderSlices(path, target).holdings()),

    readSlice: (target, name, signal) =>
      readFile(join(oplogOf(target), requireSliceFile(name)), name, signal),

    removeSlice: (slice) => using(() => removeSliceFromFolder(oplogOf(slice.target), slice)),

    images: () => using(() => filesInFolder(images)),

    bringImage: (file, watch) =>
      using(() => bringSliceToFolder(images, { ...file, target: '' }, watch)),

    readImage: (file, signal) => readFile(join(images, file), file, signal),

    removeImage: (file) => using(() => remove(join(images, file))),

    targets: () => using(() => targetsInFolder(path)),

    kit: ({ target, id }) => using(() => kitInFolder(names(target), id)),

    probe: () => using(() => probe(settings)),
  }
}

async function probe({ path, requireMount }: DirectoryPlace): Promise<CopyProbe> {
  // The disk is there already; a folder on it may be made.
  await makeFolder(path)
  await requireOwn(path)
  await writeProof(join(path, `.probe-${process.pid.toString()}`))
  const { bavail, bsize } = await statfs(path)
  const network = await isOnNetwork(path)
  return {
    elsewhere: network,
    because: network ? 'a network drive' : 'a disk of this machine',
    device: (await stat(path)).dev,
    freeBytes: bavail * bsize,
    doubts: requireMount
      ? []
      : ['requireMount is false: nobody would notice that its disk is not mounted'],
  }
}
