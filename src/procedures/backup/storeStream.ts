import { createHash } from 'node:crypto'
import { gzipMembers } from '../../archive/gzip/compress.js'
import type { MemberOffset } from '../../domain/manifest.js'
import type { Cipher } from '../../ports/cipher.js'

/** How a backup is compressed. */
export interface Compression {
  /** zlib level, 1 to 9. */
  readonly level: number
  /** The same for copies of data files, 0 to 9; 0 stores them as they are. */
  readonly dataFilesLevel?: number
  /** Blocks compressed at the same time. */
  readonly workers: number
  /** Raw bytes of a block; each becomes a gzip member of its own. */
  readonly blockBytes: number
}

/** Where a stream is stored, and how. */
export interface Storage {
  /** Takes the parts of the file as they come. */
  readonly keep: (parts: AsyncIterable<Uint8Array>) => Promise<void>
  readonly compression: Compression
  /** Public keys to encrypt to; none: the file is written in clear. */
  readonly recipients: readonly string[]
}

/** What a file is after a stream was stored in it. The sum is that of the bytes that were written. */
export interface Stored {
  readonly bytes: number
  readonly sha256: string
  readonly members: readonly MemberOffset[]
}

/** Keeps what comes in a draft. */
export function inDraft(draft: { write(bytes: Uint8Array): Promise<void> }): Storage['keep'] {
  return async (parts) => {
    for await (const part of parts) await draft.write(part)
  }
}

/** Compresses, encrypts, hashes and keeps a stream as it comes, in flat memory. Throws what keeping throws, the signal's reason. */
export async function storeStream(
  raw: AsyncIterable<Uint8Array>,
  { keep, compression, recipients }: Storage,
  cipher: Cipher,
  signal: AbortSignal,
): Promise<Stored> {
  const hash = createHash('sha256')
  const members: MemberOffset[] = []
  let bytes = 0
  const compressed = compressedStream(raw, compression, signal, members)
  const stored = recipients.length > 0 ? cipher.encrypt(compressed, recipients, signal) : compressed
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const part of stored) {
      hash.update(part)
      bytes += part.length
      yield part
    }
  }
  await keep(counted())
  return { bytes, sha256: hash.digest('hex'), members }
}

/** The gzip file, member by member; where each begins in it is noted down. */
async function* compressedStream(
  raw: AsyncIterable<Uint8Array>,
  compression: Compression,
  signal: AbortSignal,
  members: MemberOffset[],
): AsyncGenerator<Uint8Array> {
  let at = 0
  for await (const { bytes, rawBytes } of gzipMembers(raw, { ...compression, signal })) {
    members.push({ at, bytes: bytes.length, rawBytes })
    at += bytes.length
    yield bytes
  }
}
