import { createHash } from 'node:crypto'
import { readAgeHeader } from '../../archive/ageHeader.js'
import { gunzip } from '../../archive/gzip/gunzip.js'
import { cutEntries } from '../../archive/oplog/cutEntries.js'
import { pointOf } from '../../archive/oplog/point.js'
import { SliceTally } from '../../archive/oplog/sliceTally.js'
import type { Optime } from '../../domain/contents.js'
import { Failure } from '../../domain/failure.js'
import { isAfter, isSamePoint } from '../../domain/oplog/optime.js'
import { continues, type SliceManifest } from '../../domain/oplog/slice.js'
import type { Slices } from '../../ports/slices.js'
import { keyFor, type KeyWorld } from '../encryption/keyFor.js'

/** A stretch of a timeline: the entries after `from`, up to `to`. */
export interface Stretch {
  /** In order, each continuing the one before. */
  readonly slices: readonly SliceManifest[]
  readonly from: Optime
  readonly to: Optime
}

/**
 * Reads every file of a stretch to its end and holds it against its manifest, before anybody acts on an entry. Throws
 * `SLICES_BROKEN` where the slices do not cover the stretch without a gap, `SLICE_DAMAGED` (integrity).
 */
export async function proveStretch(
  { slices, from, to }: Stretch,
  shelf: Pick<Slices, 'read'>,
  signal: AbortSignal,
): Promise<void> {
  const [first, last] = [slices[0], slices.at(-1)]
  const torn = slices.some((slice, index) => {
    const before = slices[index - 1]
    return before !== undefined && !continues(slice, before)
  })
  if (!first || !last || torn || isAfter(first.start.at, from) || isAfter(to, last.end.at))
    throw new Failure(
      'integrity',
      'SLICES_BROKEN',
      'the slices do not reach from one moment to the other without a gap',
      ['ops pitr status'],
    )
  for (const slice of slices) {
    const hash = createHash('sha256')
    for await (const chunk of shelf.read(slice)) {
      signal.throwIfAborted()
      hash.update(chunk)
    }
    if (hash.digest('hex') !== slice.sha256)
      throw damaged(slice, 'its SHA-256 is not that of its manifest')
  }
}

/**
 * The entries of a stretch, each in its own bytes, valid until the next is asked for; one at a time in memory. Prove the
 * stretch first. Throws `SLICE_DAMAGED` (integrity) where what comes is not what the manifests say, what the key, the
 * encryption and gzip throw, and the signal's reason.
 */
export async function* entriesOf(
  { slices, from, to }: Stretch,
  shelf: Pick<Slices, 'read'>,
  world: KeyWorld,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for (const slice of slices) {
    const tally = new SliceTally(slice.start)
    for await (const entry of cutEntries(gunzip(await clearOf(slice, shelf, world, signal)))) {
      signal.throwIfAborted()
      tally.add(entry)
      const { at } = pointOf(entry)
      if (isAfter(at, from) && !isAfter(at, to)) yield entry
    }
    const { end, count, rawBytes } = tally.contents()
    if (!isSamePoint(end, slice.end) || count !== slice.count || rawBytes !== slice.rawBytes)
      throw damaged(slice, 'what is in it is not what its manifest says')
  }
}

/** The file of a slice out of its encryption, if it is in one. */
async function clearOf(
  slice: SliceManifest,
  shelf: Pick<Slices, 'read'>,
  world: KeyWorld,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const header = await readAgeHeader(shelf.read(slice))
  if (!header) return shelf.read(slice)
  const key = await keyFor({ name: slice.id, header, recipients: slice.recipients }, world)
  return world.cipher.decrypt(shelf.read(slice), [key], signal)
}

function damaged({ id, file }: SliceManifest, says: string): Failure {
  return new Failure(
    'integrity',
    'SLICE_DAMAGED',
    `${file} is damaged: ${says}`,
    ['ops backup verify --all', 'ops pitr status', 'ops backup'],
    { facts: { slice: id } },
  )
}
