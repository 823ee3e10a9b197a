import { createHash } from 'node:crypto'
import type { ArchiveContents } from '../domain/contents.js'
import { gunzipMembers, type KnownMember } from './gzip/gunzipMembers.js'
import { looksGzipped } from './gzip/format.js'
import { damage } from './damage.js'
import { ArchiveReader } from './reader.js'

/** What reading an archive file to its end says about it. */
export interface ArchiveInspection {
  readonly contents: ArchiveContents
  readonly gzipped: boolean
  /** Of the file as it is, 64 hex digits. */
  readonly sha256: string
  readonly fileBytes: number
}

/** How closely to look, and who looks along. */
export interface InspectOptions {
  /** Walk every element of every document. */
  readonly deep?: boolean
  /** The members of the file, where they were recorded: it is read faster then. */
  readonly members?: readonly KnownMember[]
  /** Gets the raw archive as it passes; reading waits for it. */
  readonly onRaw?: (chunk: Uint8Array) => void | Promise<void>
}

/**
 * Reads an archive file, gzip'd or not, to its end: hashes it and proves that it is whole. Throws what `gunzipMembers` and
 * `ArchiveReader` throw; a file of no bytes is ARCHIVE_EMPTY.
 */
export async function inspectArchive(
  source: AsyncIterable<Uint8Array>,
  options: InspectOptions = {},
): Promise<ArchiveInspection> {
  const hash = createHash('sha256')
  let fileBytes = 0
  const iterator = source[Symbol.asyncIterator]()
  const first = await firstTwoBytes(iterator)
  if (first.length === 0) throw damage('ARCHIVE_EMPTY', 0, 'the file is empty')
  const gzipped = looksGzipped(first)

  async function* file(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of continued(first, iterator)) {
      hash.update(chunk)
      fileBytes += chunk.length
      yield chunk
    }
  }
  const reader = new ArchiveReader({ deep: options.deep ?? false })
  for await (const chunk of gzipped ? gunzipMembers(file(), options.members) : file()) {
    reader.feed(chunk)
    await options.onRaw?.(chunk)
  }
  return { contents: reader.end(), gzipped, sha256: hash.digest('hex'), fileBytes }
}

/** Chunks until two bytes are there, or fewer at the end, as one. */
async function firstTwoBytes(iterator: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let bytes: Uint8Array = new Uint8Array()
  while (bytes.length < 2) {
    const result = await iterator.next()
    if (result.done) break
    bytes = bytes.length === 0 ? result.value : Buffer.concat([bytes, result.value])
  }
  return bytes
}

async function* continued(
  first: Uint8Array,
  iterator: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield first
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
      yield next.value
    }
  } finally {
    await iterator.return?.()
  }
}
