import { createHash } from 'node:crypto'
import { BackupList } from './backupList.js'
import { damage } from './damage.js'
import { gunzipStored } from './gzip/gunzip.js'
import { gunzipMembers, type KnownMember } from './gzip/gunzipMembers.js'
import { TarReader, type TarEntry } from './tar/reader.js'

/** What a data folder of WiredTiger always holds; without any of them mongod starts anew, or not at all. */
const required = [
  './WiredTiger',
  './WiredTiger.wt',
  './WiredTiger.turtle',
  './sizeStorer.wt',
  './_mdb_catalog.wt',
  './storage.bson',
]

const journal = './journal/WiredTigerLog.'

/** WiredTiger's own list of what belongs to a backup: there as long as its backup cursor is open. */
const listName = './WiredTiger.backup'

/** So many of the files that are listed and not there are named. */
const mostNamed = 5

/** What reading a copy of a data folder to its end proves about it. */
export interface DataFilesContents {
  /** Files, folders left out. */
  readonly files: number
  /** Bytes of the tar. */
  readonly rawBytes: number
  /**
   * Whether WiredTiger's own list of what belongs to a backup is in it: `fsyncLock` makes it, and until it ends nothing that
   * the list names is overwritten or removed. A server that is started on the files believes the list, and neither
   * `WiredTiger.turtle` nor `WiredTiger.wt`, which a checkpoint meanwhile replaces.
   */
  readonly pinned: boolean
  /** Owner and permission bits of the folder itself. */
  readonly owner: { readonly user: number; readonly group: number; readonly mode: number }
}

/** Reads the tar of a data folder while it passes. `end` throws what `TarReader` throws, and DATA_FILES_MISSING. */
export class DataFilesReader {
  readonly #missing = new Set(required)
  #journals = 0
  #files = 0
  readonly #list = new BackupList()
  readonly #present = new Set<string>()
  #reads = false
  #owner: DataFilesContents['owner'] | undefined
  readonly #tar = new TarReader(
    (entry) => {
      this.#entry(entry)
    },
    (bytes) => {
      if (this.#reads) this.#list.feed(bytes)
    },
  )

  get bytes(): number {
    return this.#tar.bytes
  }

  feed(chunk: Uint8Array): void {
    this.#tar.feed(chunk)
  }

  end(): DataFilesContents {
    this.#tar.end()
    const listed = [...this.#list.files].filter((file) => !this.#present.has(`./${file}`))
    const missing = [
      ...this.#missing,
      ...(this.#journals > 0 ? [] : [`${journal}*`]),
      ...listed.slice(0, mostNamed).map((file) => `./${file}`),
    ]
    if (missing.length > 0 || !this.#owner) {
      const names = [...(this.#owner ? [] : ['the folder itself']), ...missing]
      throw damage('DATA_FILES_MISSING', this.bytes, `it lacks ${names.join(', ')}`)
    }
    const pinned = this.#list.files.size > 0
    return { files: this.#files, rawBytes: this.bytes, pinned, owner: this.#owner }
  }

  #entry({ kind, name, size, user, group, mode }: TarEntry): void {
    if (name === './') this.#owner = { user, group, mode }
    this.#reads = name === listName
    if (kind === 'folder') return
    this.#files++
    if (size > 0) this.#present.add(name)
    if (size > 0) this.#missing.delete(name)
    if (size > 0 && name.startsWith(journal)) this.#journals++
  }
}

/** What reading the file of a copy says about it. */
export interface DataFilesInspection {
  readonly contents: DataFilesContents
  /** Of the file as it is, 64 hex digits. */
  readonly sha256: string
  readonly fileBytes: number
}

/** How a file was written, as its manifest says. */
export interface KnownCompression {
  /** Level of gzip; at 0, what is in it stands there as it is. */
  readonly level: number
  readonly members: readonly KnownMember[]
}

/**
 * Reads the file of a copy to its end: hashes it, and proves that it is whole. Where it is known how it was written, what was
 * stored as it is passes uncopied, and else several members are read at a time. Yields the tar inside on its way and returns what it found. Throws what `gunzipMembers` and
 * `DataFilesReader` throw.
 */
export async function* inspectedDataFiles(
  source: AsyncIterable<Uint8Array>,
  known?: KnownCompression,
): AsyncGenerator<Buffer, DataFilesInspection, undefined> {
  const hash = createHash('sha256')
  let fileBytes = 0
  async function* file(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of source) {
      hash.update(chunk)
      fileBytes += chunk.length
      yield chunk
    }
  }
  const reader = new DataFilesReader()
  const raw = known?.level === 0 ? gunzipStored(file()) : gunzipMembers(file(), known?.members)
  for await (const chunk of raw) {
    reader.feed(chunk)
    yield chunk
  }
  return { contents: reader.end(), sha256: hash.digest('hex'), fileBytes }
}

/** The same where only the finding is wanted. */
export async function inspectDataFiles(
  source: AsyncIterable<Uint8Array>,
  known?: KnownCompression,
): Promise<DataFilesInspection> {
  const reading = inspectedDataFiles(source, known)
  for (;;) {
    const { done, value } = await reading.next()
    if (done) return value
  }
}
