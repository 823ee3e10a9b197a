import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { Failure } from '../../domain/failure.js'
import type { CopyPlace } from '../../ports/copies.js'
import { imageFile, imagePaper, type KeptImage } from '../../ports/keptImages.js'
import type { World } from '../../ports/world.js'
import { readSmall } from '../copies/paper.js'

/** Bytes that a paper never has. */
const largestPaper = 64 * 1024

/**
 * Loads an image from a place, held against its checksum while it passes, and asks the engine whether it is the one. Throws
 * `IMAGE_DAMAGED` (integrity), `IMAGE_NOT_LOADED` (failed), and what the place throws.
 */
export async function loadFromPlace(
  { id, name }: { readonly id: string; readonly name: string },
  place: CopyPlace,
  world: Pick<World, 'supplies' | 'engine'>,
  signal: AbortSignal,
): Promise<void> {
  const told = await paperAt(id, place, signal)
  const stored = checked(place.readImage(imageFile(id), signal), told, name, place)
  // A gunzip hands on what breaks in its source only if it is told to.
  const source = Readable.from(stored)
  const clear = createGunzip()
  source.on('error', (error) => clear.destroy(error))
  try {
    await world.supplies.loadImage(source.pipe(clear), signal)
  } catch (error) {
    if (error instanceof Failure || signal.aborted) throw error
    throw damaged(name, place, error instanceof Error ? error.message : String(error))
  }
  const found = await world.engine.image(name)
  if (found?.id === id) return
  throw damaged(name, place, `the engine took in ${found?.id ?? 'nothing of that name'}, not ${id}`)
}

async function paperAt(id: string, place: CopyPlace, signal: AbortSignal): Promise<KeptImage> {
  const paper = await readSmall(place.readImage(imagePaper(id), signal), largestPaper)
  if (!paper) throw damaged(id, place, 'its paper is far too large')
  try {
    return JSON.parse(paper.toString('utf8')) as KeptImage
  } catch (error) {
    throw damaged(id, place, error instanceof Error ? error.message : String(error))
  }
}

async function* checked(
  stored: AsyncIterable<Uint8Array>,
  { bytes, sha256 }: KeptImage,
  name: string,
  place: CopyPlace,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256')
  let passed = 0
  for await (const chunk of stored) {
    hash.update(chunk)
    passed += chunk.length
    yield chunk
  }
  if (passed !== bytes || hash.digest('hex') !== sha256)
    throw damaged(name, place, 'its SHA-256 is not that of its paper')
}

function damaged(name: string, { where }: CopyPlace, why: string): Failure {
  return new Failure(
    'integrity',
    'IMAGE_DAMAGED',
    `the archive of the image ${name} in ${where} is damaged: ${why}`,
    [`docker pull ${name}`, 'docker load --input FILE'],
  )
}
