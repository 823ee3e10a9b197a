import { createHash } from 'node:crypto'
import { readAgeHeader } from '../../archive/ageHeader.js'
import { inspectArchive, type ArchiveInspection } from '../../archive/inspect.js'
import { Failure } from '../../domain/failure.js'
import type { Manifest, MemberOffset } from '../../domain/manifest.js'
import type { Secret } from '../../domain/secret.js'
import type { Shelf, ShelfEntry } from '../../ports/shelf.js'
import { isUnopened, keyFor, type KeyWorld, type Locked } from './keyFor.js'

/** A file that can be read: in clear, or with the key that opens it. */
export interface OpenFile {
  readonly path: string
  readonly key?: Secret
  /** Members of the gzip data inside, where a manifest tells them: it is read faster then. */
  readonly members?: readonly MemberOffset[]
}

/** How a file is read to its end. */
export interface ReadOptions {
  readonly deep?: boolean
  readonly signal?: AbortSignal
  /** Bytes of the file read so far. */
  readonly progress?: (bytes: number) => void
}

/**
 * Looks whether a file is encrypted (by what is in it, not by its name) and finds the key. Throws what `keyFor` throws,
 * AGE_HEADER_INVALID (integrity).
 */
export async function openFile(
  path: string,
  shelf: Shelf,
  world: KeyWorld,
  known: Omit<Locked, 'header'> = { name: path },
): Promise<OpenFile> {
  const header = await readAgeHeader(shelf.read(path))
  if (!header) return { path }
  return { path, key: await keyFor({ ...known, header }, world) }
}

/**
 * The same for a backup of the shelf. Before a key is called wrong, the file is read to its end: one that is not what its
 * manifest says is damaged, and no key would help. Throws what `openFile` throws, `CHECKSUM_MISMATCH` (integrity).
 */
export async function openBackup(
  { path, manifest }: ShelfEntry,
  shelf: Shelf,
  world: KeyWorld,
  options: ReadOptions = {},
): Promise<OpenFile> {
  try {
    const { id, recipients } = manifest
    const { members } = manifest.compression
    return { ...(await openFile(path, shelf, world, { name: id, recipients })), members }
  } catch (error) {
    if (isUnopened(error) && error.code === 'KEY_WRONG')
      requireStored(manifest, await sumOf(path, shelf, options))
    throw error
  }
}

/** The bytes of a file out of its encryption, if it is in one; proved only when the stream has ended. */
export function clearBytes(
  stored: AsyncIterable<Uint8Array>,
  { key }: Pick<OpenFile, 'key'>,
  { cipher }: Pick<KeyWorld, 'cipher'>,
  signal?: AbortSignal,
): AsyncIterable<Uint8Array> {
  return key ? cipher.decrypt(stored, [key], signal) : stored
}

/** Reads a file to its end, inside and outside. `sha256` and `fileBytes` are of the file as it is stored. */
export async function inspectFile(
  file: OpenFile,
  shelf: Shelf,
  world: KeyWorld,
  options: ReadOptions = {},
): Promise<ArchiveInspection> {
  const { deep = false } = options
  const inside = { deep, members: file.members ?? [] }
  // In clear the file is what is inspected: it need not be hashed twice.
  if (!file.key) return inspectArchive(watched(shelf.read(file.path), options), inside)
  const sum = new Sum(options)
  const stored = sum.over(shelf.read(file.path))
  const inspected = await inspectArchive(clearBytes(stored, file, world, options.signal), inside)
  return { ...inspected, ...sum.result() }
}

/** Size and SHA-256 of a file, and nothing about what is in it. */
export async function sumOf(path: string, shelf: Shelf, options: ReadOptions): Promise<FileSum> {
  const sum = new Sum(options)
  const iterator = sum.over(shelf.read(path))[Symbol.asyncIterator]()
  while (!(await iterator.next()).done);
  return sum.result()
}

/** What a file is from outside. */
export type FileSum = Pick<ArchiveInspection, 'sha256' | 'fileBytes'>

/** Holds a file as it is stored against its manifest. Throws `CHECKSUM_MISMATCH` (integrity). */
export function requireStored(manifest: Manifest, { fileBytes, sha256 }: FileSum): void {
  if (fileBytes !== manifest.bytes) throw differs('size', fileBytes, manifest.bytes)
  if (sha256 !== manifest.sha256) throw differs('SHA-256', sha256, manifest.sha256)
}

/** `CHECKSUM_MISMATCH` (integrity): something of a backup is not what its manifest says. */
export function differs(what: string, is: unknown, should: unknown): Failure {
  return new Failure(
    'integrity',
    'CHECKSUM_MISMATCH',
    `its ${what} is ${String(is)}, its manifest says ${String(should)}`,
    ['ops backup verify --all'],
  )
}

/** The bytes of a file, told of as they are read, until the signal. */
export async function* watched(
  source: AsyncIterable<Uint8Array>,
  { signal, progress }: Omit<ReadOptions, 'deep'>,
): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const chunk of source) {
    signal?.throwIfAborted()
    bytes += chunk.length
    progress?.(bytes)
    yield chunk
  }
}

/** Size and SHA-256 of a stream as it passes. */
class Sum {
  readonly #hash = createHash('sha256')
  #bytes = 0

  constructor(private readonly options: ReadOptions) {}

  async *over(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of watched(source, this.options)) {
      this.#hash.update(chunk)
      this.#bytes += chunk.length
      yield chunk
    }
  }

  result(): FileSum {
    return { sha256: this.#hash.digest('hex'), fileBytes: this.#bytes }
  }
}
