import { readFileSync } from 'node:fs'
import { ArchiveReader, type ArchiveReaderOptions } from '../../../src/archive/reader.js'
import { Failure } from '../../../src/domain/failure.js'
import type { ArchiveContents } from '../../../src/domain/contents.js'

/** A committed archive; see its folder's README for what is in it. */
export function fixture(name: string): Buffer {
  return readFileSync(new URL(`../../fixtures/archives/${name}`, import.meta.url))
}

export function read(bytes: Uint8Array, options: ArchiveReaderOptions = {}): ArchiveContents {
  return readParts([bytes], options)
}

export function readParts(
  parts: Iterable<Uint8Array>,
  options: ArchiveReaderOptions = {},
): ArchiveContents {
  const reader = new ArchiveReader(options)
  for (const part of parts) reader.feed(part)
  return reader.end()
}

/** The failure that `act` ends in; fails the test where it does not. */
export function failureOf(act: () => unknown): Failure {
  try {
    act()
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error('nothing was found wrong')
}

/** The same of a promise. */
export async function failureIn(promise: Promise<unknown>): Promise<Failure> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  return failureOf(() => {
    if (outcome) throw outcome as Error
  })
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The bytes in parts of 1 to `longest` bytes. */
export function* randomly(bytes: Uint8Array, random: () => number, longest: number) {
  for (let at = 0; at < bytes.length;) {
    const length = 1 + Math.floor(random() * longest)
    yield bytes.subarray(at, at + length)
    at += length
  }
}

/** Parts as an asynchronous source. */
export async function* streamed<Part>(parts: Iterable<Part>): AsyncGenerator<Part> {
  for (const part of parts) {
    await Promise.resolve()
    yield part
  }
}

export async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of source) parts.push(Buffer.from(part))
  return Buffer.concat(parts)
}

/** A copy with one bit turned over. */
export function flipped(bytes: Uint8Array, bit: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[bit >>> 3] = (copy[bit >>> 3] ?? 0) ^ (1 << (bit & 7))
  return copy
}
