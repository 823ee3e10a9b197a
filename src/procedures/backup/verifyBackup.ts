import { inspectArchive } from '../../archive/inspect.js'
import type { ArchiveContents } from '../../domain/contents.js'
import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { Trust } from '../../domain/trust.js'
import { isGood } from '../../domain/trust.js'
import type { ShelfEntry } from '../../ports/shelf.js'
import type { World } from '../../ports/world.js'
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

/** Reads any mongodump archive to its end, with or without a manifest. Damage is a judgement, not an error. */
export async function verifyFile(
  path: string,
  target: Target,
  world: World,
  options: VerifyOptions,
): Promise<Judgement> {
  const known = (await listed(target, world)).find((entry) => entry.path === path)
  return known
    ? verifyEntry(known, target, world, options)
    : judged(null, path, world, readFile(path, target, world, options))
}

/** A shelf that this user may not look into holds nothing that he could name: his file is read all the same. */
async function listed(target: Target, world: World): Promise<readonly ShelfEntry[]> {
  try {
    return await world.shelf(target).list()
  } catch (error) {
    if (error instanceof Failure && error.kind === 'environment') return []
    throw error
  }
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
    const inspected = await readFile(path, target, world, options)()
    requireSame(manifest, inspected)
    return inspected
  })
  // What was restored once is worth more than what was read again: a good reading never lowers trust.
  const trust =
    judgement.trust === 'sound' && isGood(manifest.trust) ? manifest.trust : judgement.trust
  await shelf.judge(manifest.id, trust, world.clock.now(), judgement.says)
  return { ...judgement, trust }
}

type Inspected = Awaited<ReturnType<typeof inspectArchive>>

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
  return () => inspectArchive(counted(), { deep })
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
    const { contents, sha256, fileBytes } = await read()
    const count = Object.keys(contents.namespaces).length
    return {
      id,
      path,
      trust: 'sound',
      says: `read to its end: ${count.toString()} collections, every checksum agrees`,
      fileBytes,
      rawBytes: contents.rawBytes,
      sha256,
      seconds: seconds(),
      contents,
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
