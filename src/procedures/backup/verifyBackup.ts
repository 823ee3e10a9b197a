import { inspectDataFiles, type DataFilesInspection } from '../../archive/dataFiles.js'
import type { ArchiveInspection } from '../../archive/inspect.js'
import { backupFile, formOf } from '../../domain/backupFile.js'
import { isBackupId } from '../../domain/backupId.js'
import type { ArchiveContents } from '../../domain/contents.js'
import { Failure } from '../../domain/failure.js'
import type { Manifest } from '../../domain/manifest.js'
import type { Target } from '../../domain/target.js'
import type { Trust } from '../../domain/trust.js'
import { judged as afterJudging } from '../../domain/trust.js'
import type { Shelf, ShelfEntry } from '../../ports/shelf.js'
import type { World } from '../../ports/world.js'
import { requireSameFiles } from '../dataFiles/source.js'
import { isUnopened } from '../encryption/keyFor.js'
import {
  inspectFile,
  openBackup,
  openFile,
  requireStored,
  sumOf,
  watched,
} from '../encryption/openFile.js'
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
  /** Why the inside of an encrypted file was not read. */
  readonly unopened?: 'KEY_MISSING' | 'KEY_WRONG'
  readonly fileBytes?: number
  readonly rawBytes?: number
  readonly sha256?: string
  readonly seconds: number
  readonly contents?: ArchiveContents
  /** Where the manifest lies that it was held against; null: there is none, and nothing but the file itself could be checked. */
  readonly manifest: 'on the shelf' | 'beside it' | null
}

/** How thoroughly to read. */
export interface VerifyOptions {
  /** Also walk every element of every document. */
  readonly deep: boolean
  readonly signal: AbortSignal
  /** Bytes of the file read so far. */
  readonly progress: (bytes: number) => void
}

/** The part of the world that reading a file takes. */
export type VerifyWorld = Pick<World, 'clock' | 'shelf' | 'cipher' | 'keys'>

/**
 * Reads any mongodump archive, or copy of data files, to its end, with or without a manifest; where one lies beside it (in `folder`),
 * held against that, and nothing is recorded there: it may be anybody's disk. What lies there in its place and is none is damage: nobody
 * could say that the file is the one that was written. Damage is a judgement, not an error; so is an
 * encrypted file that no key here opens. Throws for a key that could not be fetched what fetching it throws, and
 * `ENCRYPTION_UNSUPPORTED` (usage).
 */
export async function verifyFile(
  path: string,
  target: Target,
  world: VerifyWorld,
  options: VerifyOptions,
  folder?: Shelf,
): Promise<Judgement> {
  const shelf = world.shelf(target)
  const known = (await listed(target, world)).find((entry) => entry.path === path)
  if (known) return verifyEntry(known, target, world, options)
  const beside = await manifestBeside(path, folder)
  if (beside && 'unusable' in beside) {
    const judgement = await judged(null, path, world, () => Promise.reject(beside.unusable))
    return { ...judgement, manifest: 'beside it' }
  }
  if (beside && folder) {
    const judgement = await judgedEntry(beside, folder, world, options)
    const trust = afterJudging(beside.manifest.trust, judgement.trust)
    return { ...judgement, trust, manifest: 'beside it' }
  }
  const judgement = await judged(null, path, world, async () => {
    if (backupFile(path.split('/').at(-1) ?? '')?.form.content === 'dataFiles')
      return readDataFiles(path, shelf, options)
    try {
      return await inspectFile(await openFile(path, shelf, world), shelf, world, options)
    } catch (error) {
      if (!isUnopened(error)) throw error
      const says = `nothing but its header could be read: ${error.message}`
      return { unopened: error.code, trust: 'unverified', says }
    }
  })
  if (judgement.trust !== 'sound') return judgement
  return { ...judgement, says: `${judgement.says}; no manifest is beside it to hold it against` }
}

/** The manifest of the id that its file's name tells, or why it cannot be held against that. */
async function manifestBeside(
  path: string,
  folder?: Shelf,
): Promise<ShelfEntry | { readonly unusable: Failure } | undefined> {
  const name = path.split('/').at(-1) ?? ''
  const id = backupFile(name)?.id ?? ''
  if (!folder || !isBackupId(id)) return undefined
  const found = await folder.manifestBeside(id)
  if (!found) return undefined
  if ('reason' in found) return { unusable: unusable(id, path, found.reason) }
  const { manifest } = found
  if (manifest.file === name) return { manifest, path, present: true }
  return { unusable: unusable(id, path, `it is the manifest of ${manifest.file}`) }
}

function unusable(id: string, path: string, reason: string): Failure {
  return new Failure(
    'integrity',
    'MANIFEST_UNUSABLE',
    `the manifest beside it (${id}.json) is not its manifest: ${reason}; the file alone is read where none is there`,
    [`cp ${path} /tmp/`, 'ops backup list'],
  )
}

/** A shelf that this user may not look into holds nothing that he could name: his file is read all the same. */
async function listed(target: Target, world: VerifyWorld): Promise<readonly ShelfEntry[]> {
  try {
    return await world.shelf(target).list()
  } catch (error) {
    if (error instanceof Failure && error.kind === 'environment') return []
    throw error
  }
}

/**
 * Reads a backup of the shelf again, holds it against its manifest, and records the judgement there. What no key here
 * opens is checked from outside: the file is the one that was written, and the trust it had stays. Of one without its file
 * nothing is recorded: it may come back, from a copy or with its disk.
 */
export async function verifyEntry(
  entry: ShelfEntry,
  target: Target,
  world: VerifyWorld,
  options: VerifyOptions,
): Promise<Judgement> {
  const { manifest } = entry
  const shelf = world.shelf(target)
  const judgement = await judgedEntry(entry, shelf, world, options)
  // The shelf holds it against the manifest as it is by now: a trial restore may have ended meanwhile.
  if (judgement.unopened !== 'KEY_WRONG' && judgement.code !== 'BACKUP_NOT_FOUND')
    await shelf.judge(manifest.id, judgement.trust, world.clock.now(), judgement.says)
  const trust = afterJudging(manifest.trust, judgement.trust)
  return { ...judgement, trust, manifest: 'on the shelf' }
}

function judgedEntry(
  entry: ShelfEntry,
  shelf: Shelf,
  world: VerifyWorld,
  options: VerifyOptions,
): Promise<Judgement> {
  const { manifest, path } = entry
  return judged(manifest.id, path, world, async () => {
    if (formOf(manifest).content === 'dataFiles') {
      const files = await readDataFiles(path, shelf, options, manifest.compression)
      requireSameFiles(manifest, files)
      return files
    }
    try {
      const file = await openBackup(entry, shelf, world, options)
      const inspected = await inspectFile(file, shelf, world, options)
      requireSame(manifest, inspected)
      return inspected
    } catch (error) {
      if (!isUnopened(error)) throw error
      if (error.code === 'KEY_MISSING') requireStored(manifest, await sumOf(path, shelf, options))
      const says = `the encrypted file is the one that was written (size and SHA-256); its inside was not read: ${error.message}`
      return { unopened: error.code, trust: manifest.trust, says }
    }
  })
}

/** What is said of a file that could not be opened. */
type Unopened = Required<Pick<Judgement, 'unopened' | 'trust' | 'says'>>

/** What was read. */
type Inspected = ArchiveInspection | DataFilesInspection

function readDataFiles(
  path: string,
  shelf: Shelf,
  options: VerifyOptions,
  known?: Manifest['compression'],
): Promise<DataFilesInspection> {
  return inspectDataFiles(watched(shelf.read(path), options), known)
}

async function judged(
  id: string | null,
  path: string,
  world: VerifyWorld,
  read: () => Promise<Inspected | Unopened>,
): Promise<Judgement> {
  const began = world.clock.elapsed()
  const seconds = () => Math.round(world.clock.elapsed() - began) / 1000
  try {
    const found = await read()
    if ('unopened' in found)
      return { id, path, ...found, code: found.unopened, seconds: seconds(), manifest: null }
    const { contents, sha256, fileBytes } = found
    return {
      id,
      path,
      trust: 'sound',
      says: whatWasRead(contents),
      fileBytes,
      rawBytes: contents.rawBytes,
      sha256,
      seconds: seconds(),
      manifest: null,
      ...('namespaces' in contents ? { contents } : {}),
    }
  } catch (error) {
    if (!(error instanceof Failure) || !isVerdict(error, id)) throw error
    const { byte } = error.facts
    return {
      id,
      path,
      trust: 'damaged',
      says: error.message,
      code: error.code,
      seconds: seconds(),
      manifest: null,
      ...(typeof byte === 'number' ? { byte } : {}),
    }
  }
}

/** Damage is one, and so is that a backup which is listed has no file: the others are read all the same. */
function isVerdict({ kind, code }: Failure, id: string | null): boolean {
  return kind === 'integrity' || (id !== null && code === 'BACKUP_NOT_FOUND')
}

function whatWasRead(contents: Inspected['contents']): string {
  if ('files' in contents)
    return `read to its end: ${contents.files.toString()} data files, every header and checksum agrees`
  const count = Object.keys(contents.namespaces).length
  return `read to its end: ${count.toString()} collections, every checksum agrees`
}
