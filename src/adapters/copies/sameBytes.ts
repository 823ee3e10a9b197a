import { createHash, type Hash } from 'node:crypto'
import { Failure } from '../../domain/failure.js'
import type { Manifest } from '../../domain/manifest.js'
import type { PutResult } from '../../ports/copies.js'

type Expected = Pick<Manifest, 'id' | 'bytes' | 'sha256'>

/** Bytes that are counted and hashed as they pass. */
export class PassingBytes {
  bytes = 0
  readonly #hash: Hash = createHash('sha256')
  #digest: string | undefined

  feed(chunk: Uint8Array): void {
    this.#hash.update(chunk)
    this.bytes += chunk.length
  }

  /** How what passed differs from what the manifest says; nothing where it does not. To be asked after the last byte. */
  difference({ bytes, sha256 }: Expected): string | undefined {
    this.#digest ??= this.#hash.digest('hex')
    if (this.bytes !== bytes)
      return `it has ${this.bytes.toString()} bytes, its manifest says ${bytes.toString()}`
    if (this.#digest !== sha256)
      return `its SHA-256 is ${this.#digest}, its manifest says ${sha256}`
    return undefined
  }
}

/** A copy that was there already. */
export function there(because: string): PutResult {
  return { done: 'there', because, resumedBytes: 0 }
}

/** Reads a copy to its end. Throws `COPY_DAMAGED` (integrity) where it is not what its manifest says. */
export async function requireSameBytes(
  stream: AsyncIterable<Uint8Array>,
  where: string,
  manifest: Expected,
  progress: (bytes: number) => void,
): Promise<void> {
  const passing = new PassingBytes()
  for await (const chunk of stream) {
    passing.feed(chunk)
    progress(passing.bytes)
  }
  const difference = passing.difference(manifest)
  if (difference !== undefined) throw damaged(manifest.id, where, difference)
}

/** `COPY_DAMAGED` (integrity): what lies there is not what was sent. */
export function damaged(id: string, where: string, difference: string): Failure {
  return new Failure(
    'integrity',
    'COPY_DAMAGED',
    `the copy of ${id} in ${where} is damaged: ${difference}`,
    [`ops backup verify ${id}`, 'ops doctor'],
  )
}

/** `COPY_SOURCE_CHANGED` (integrity): what lies on the shelf is not what the manifest says, so it is not passed on. */
export function sourceChanged(id: string, difference: string): Failure {
  return new Failure(
    'integrity',
    'COPY_SOURCE_CHANGED',
    `${id} was not copied, because it is damaged on the shelf: ${difference}`,
    [`ops backup verify ${id}`, 'ops backup'],
  )
}

/** `COPY_CONFLICT` (refused): the place holds another backup of that name, which is not overwritten. */
export function conflict(id: string, where: string): Failure {
  return new Failure(
    'refused',
    'COPY_CONFLICT',
    `${where} holds another backup with the id ${id} (its SHA-256 differs): it is left as it is`,
    ['a path or prefix of its own for each machine, in ops.yaml'],
  )
}

/** `COPY_MISSING` (not-found). */
export function missing(file: string, where: string, cause?: unknown): Failure {
  return new Failure(
    'not-found',
    'COPY_MISSING',
    `there is no ${file} in ${where}`,
    ['ops backup copy --all'],
    { cause },
  )
}

/** `COPY_FULL` (space), found before anything was written. */
export function tooSmall(where: string, freeBytes: number, neededBytes: number): Failure {
  const megabytes = (bytes: number) => Math.ceil(bytes / 1e6).toString()
  return new Failure(
    'space',
    'COPY_FULL',
    `${where} has ${megabytes(freeBytes)} MB free, the copy needs ${megabytes(neededBytes)} MB`,
    ['df -h'],
    { facts: { freeBytes, neededBytes } },
  )
}
