import { createHash } from 'node:crypto'

const mebibyte = 1024 * 1024

/** S3 takes at most 10,000 parts, each but the last of at least 5 MiB. */
const smallest = 8 * mebibyte
const mostParts = 9_000

/** Bytes of each part but the last. It depends on the size of the file alone, so that a resumed upload is cut alike. */
export function partBytes(fileBytes: number): number {
  return Math.max(smallest, Math.ceil(fileBytes / mostParts / mebibyte) * mebibyte)
}

/** A part of a file; numbers count from 1. */
export interface Part {
  readonly number: number
  readonly bytes: Buffer
  readonly md5: Buffer
}

/** Cuts a stream into parts, each in a buffer of its own: several are on their way at once. */
export async function* cutParts(
  source: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Part> {
  let number = 0
  let filled = 0
  let buffer = Buffer.allocUnsafe(size)
  const part = (bytes: Buffer): Part => ({
    number: ++number,
    bytes,
    md5: createHash('md5').update(bytes).digest(),
  })
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length;) {
      const taken = chunk.subarray(at, at + size - filled)
      buffer.set(taken, filled)
      filled += taken.length
      at += taken.length
      if (filled < size) continue
      yield part(buffer)
      buffer = Buffer.allocUnsafe(size)
      filled = 0
    }
  }
  if (filled > 0) yield part(buffer.subarray(0, filled))
}

/** The ETag that S3 gives an object made of these parts, unless it encrypts with a key of its own (KMS). */
export function etagOf(md5s: readonly Buffer[]): string {
  const whole = createHash('md5').update(Buffer.concat(md5s)).digest('hex')
  return `${whole}-${md5s.length.toString()}`
}

/** An ETag without its quotes. */
export function plainEtag(etag: string | undefined): string {
  return (etag ?? '').replaceAll('"', '')
}

/** Whether an ETag is made from MD5 sums and so can be compared. */
export function isComparable(etag: string): boolean {
  return /^[0-9a-f]{32}(-\d+)?$/.test(etag)
}
