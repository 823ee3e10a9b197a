import { createHash } from 'node:crypto'
import { Failure } from '../../domain/failure.js'
import type { Manifest } from '../../domain/manifest.js'
import type { CopySource } from '../../ports/copies.js'
import type { Shelf } from '../../ports/shelf.js'
import { readSmall } from './paper.js'

/** What travels with a backup besides its file. */
type Belongings = Pick<CopySource, 'manifest' | 'kit' | 'guides'>

/** Bytes that a guide never has. */
const largestGuide = 1024 * 1024

/**
 * The recovery kit of a backup, held against the checksum in the manifest, and the guides on the shelf. A kit that is gone
 * or damaged does not travel, and neither does its mention in the manifest: a copy without a kit is a good copy.
 */
export async function belongings(manifest: Manifest, shelf: Shelf): Promise<Belongings> {
  const beside = await small(shelf, 'RESTORE.md', largestGuide)
  const above = await small(shelf, '../RESTORE.md', largestGuide)
  const guides = { ...(beside ? { beside } : {}), ...(above ? { above } : {}) }
  const { kit: named, ...rest } = manifest
  if (named?.file !== `${manifest.id}.kit.tar`) return { manifest: rest, guides }
  const kit = await small(shelf, named.file, named.bytes)
  const whole = kit && createHash('sha256').update(kit).digest('hex') === named.sha256
  return whole ? { manifest, kit, guides } : { manifest: rest, guides }
}

/** A small file of the shelf; nothing where it is not there, cannot be read, or has more bytes than it may. */
async function small(shelf: Shelf, name: string, most: number): Promise<Buffer | undefined> {
  try {
    return await readSmall(shelf.read(`${shelf.folder}/${name}`), most)
  } catch (error) {
    if (error instanceof Failure) return undefined
    throw error
  }
}
