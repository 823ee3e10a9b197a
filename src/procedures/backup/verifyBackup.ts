import { inspectDataFiles, type DataFilesInspection } from '../../archive/dataFiles.js'
import { inspectArchive, type ArchiveInspection } from '../../archive/inspect.js'
import { backupFile } from '../../domain/backupFile.js'
import type { ArchiveContents } from '../../domain/contents.js'
import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { Trust } from '../../domain/trust.js'
import { isGood } from '../../domain/trust.js'
import type { ShelfEntry } from '../../ports/shelf.js'
import type { World } from '../../ports/world.js'
import { requireSameFiles } from '../dataFiles/source.js'
import { requireSame } from '../restore/source.js'

/** The judgement on one archive. */
export interface Judgement {
  readonly id: string | null
  readonly path: string
  readonly trust: Trust
  readonly says: string
  /** Byte at which the damage was found, in the file or in the archive inside it. */
  readonly byte?: number
  readonly code?: string
  readonly fileBytes?: number
  readonly rawBytes?: number
  readonly sha256?: string
  readonly seconds: number
  readonly contents?: ArchiveContents
}

/** How thoroughly to read. */
export interface VerifyOptions {
  /** Also walk every element of every document. */
  readonly deep: boolean
  readonly signal: AbortSignal
  /** Bytes of the file read so far. */
  readonly progress: (bytes: number) => void
}

/** Reads any mongodump archive, or copy of data files, to its end, with or without a manifest. Damage is a judgement, not an error. */
export async function verifyFile(
  path: string,
  target: Target,
  world: World,
  options: VerifyOptions,
): Promise<Judgement> {
  const known = (await world.shelf(target).list()).find((entry) => entry.path === path)
  return known
    ? verifyEntry(known, target, world, options)
    : judged(null, path, world, readFile(path, target, world, options))
}

/** Reads a backup of the shelf again, holds it against its manifest, and records the judgement there. */
export async function verifyEntry(
  entry: ShelfEntry,
  target: Target,
  world: World,
  options: VerifyOptions,
): Promise<Judgement> {
  const { manifest, path } = entry
  const shelf = world.shelf(target)
  const judgement = await judged(manifest.id, path, world, async () => {
    const read = await readFile(path, target, world, options)()
    if (read.kind === 'archive') requireSame(manifest, read)
    else requireSameFiles(manifest, read)
    return read
  })
  // What was restored once is worth more than what was read again: a good reading never lowers trust.
  const trust =
    judgement.trust === 'sound' && isGood(manifest.trust) ? manifest.trust : judgement.trust
  await shelf.judge(manifest.id, trust, world.clock.now(), judgement.says)
  return { ...judgement, trust }
}

/** What was read, by what its name says it is. */
type Inspected =
  | ({ readonly kind: 'archive' } & ArchiveInspection)
  | ({ readonly kind: 'dataFiles' } & DataFilesInspection)

function readFile(
  path: string,
  target: Target,
  world: World,
  { deep, signal, progress }: VerifyOptions,
): () => Promise<Inspected> {
  async function* counted(): AsyncGenerator<Uint8Array> {
    let bytes = 0
    for await (const chunk of world.shelf(target).read(path)) {
      signal.throwIfAborted()
      bytes += chunk.length
      progress(bytes)
      yield chunk
    }
  }
  const form = backupFile(path.split('/').at(-1) ?? '')?.form
  return async () =>
    form?.content === 'dataFiles'
      ? { kind: 'dataFiles', ...(await inspectDataFiles(counted())) }
      : { kind: 'archive', ...(await inspectArchive(counted(), { deep })) }
}

async function judged(
  id: string | null,
  path: string,
  world: World,
  read: () => Promise<Inspected>,
): Promise<Judgement> {
  const began = world.clock.elapsed()
  const seconds = () => Math.round(world.clock.elapsed() - began) / 1000
  try {
    const inspected = await read()
    const { contents, sha256, fileBytes } = inspected
    return {
      id,
      path,
      trust: 'sound',
      says: whatWasRead(inspected),
      fileBytes,
      rawBytes: contents.rawBytes,
      sha256,
      seconds: seconds(),
      ...(inspected.kind === 'archive' ? { contents: inspected.contents } : {}),
    }
  } catch (error) {
    if (!(error instanceof Failure) || error.kind !== 'integrity') throw error
    const { byte } = error.facts
    return {
      id,
      path,
      trust: 'damaged',
      says: error.message,
      code: error.code,
      seconds: seconds(),
      ...(typeof byte === 'number' ? { byte } : {}),
    }
  }
}

function whatWasRead(inspected: Inspected): string {
  if (inspected.kind === 'dataFiles')
    return `read to its end: ${inspected.contents.files.toString()} data files, every header and checksum agrees`
  const count = Object.keys(inspected.contents.namespaces).length
  return `read to its end: ${count.toString()} collections, every checksum agrees`
}
