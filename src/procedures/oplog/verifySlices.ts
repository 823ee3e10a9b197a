import { createHash } from 'node:crypto'
import { Failure } from '../../domain/failure.js'
import type { SliceManifest } from '../../domain/oplog/slice.js'
import type { Target } from '../../domain/target.js'
import type { HeldSlice, Slices } from '../../ports/slices.js'
import type { World } from '../../ports/world.js'
import { isUnopened } from '../encryption/keyFor.js'
import { entriesOf } from './entries.js'
import { SliceMender } from './mendSlices.js'

/** The judgement on the slices of a target. */
export interface SlicesJudgement {
  readonly target: string
  /** How many were read to their end. */
  readonly slices: number
  /** Bytes of their files. */
  readonly bytes: number
  /** Those that cannot be relied on: they count as absent, and what they held as a gap. */
  readonly damaged: readonly { readonly id: string; readonly because: string }[]
  /** Those that were damaged or missing, and were brought anew from a place. */
  readonly mended: readonly { readonly id: string; readonly from: string }[]
  /** How many could only be checked from outside, because no key here opens them. */
  readonly unopened: number
  readonly seconds: number
}

/** How thoroughly to read, and who hears of it. */
export interface VerifySlices {
  /** Also opens each, and walks its entries. */
  readonly deep: boolean
  readonly signal: AbortSignal
  /** Bytes read so far. */
  readonly progress: (bytes: number) => void
}

/**
 * Reads every slice of a target again and holds it against its manifest. What is wrong is written down beside it, until a sound copy
 * from a place, or the next reading, says otherwise. Throws what the shelf throws, and the signal's reason.
 */
export async function verifySlices(
  target: Target,
  world: World,
  how: VerifySlices,
): Promise<SlicesJudgement> {
  const began = world.clock.elapsed()
  const slices = world.slices(target)
  const mender = new SliceMender(target, world, how.signal)
  const damaged: { id: string; because: string }[] = []
  const mended: { id: string; from: string }[] = []
  let read = 0
  let bytes = 0
  let unopened = 0
  const holdings = await slices.holdings()
  for (const held of holdings.slices) {
    const { manifest } = held
    const { id } = manifest
    const because = await whyDamaged(held, slices, world, how, () => (unopened += 1))
    if (because === 'gone') continue
    read += 1
    bytes += manifest.bytes
    how.progress(bytes)
    if (because === undefined) {
      if (held.damage) await slices.judge(id, undefined)
      continue
    }
    await slices.judge(id, { at: world.clock.now().toISOString(), because })
    const from = await mender.mend(manifest)
    if (from === undefined) damaged.push({ id, because })
    else mended.push({ id, from })
  }
  const papers = holdings.unreadable.map(({ file, reason }) => ({ id: file, because: reason }))
  return {
    target: target.name,
    slices: read,
    bytes,
    damaged: [...damaged, ...papers],
    mended,
    unopened,
    seconds: Math.round(world.clock.elapsed() - began) / 1000,
  }
}

/** What is wrong with one; `gone` where it went to the trash meanwhile. */
async function whyDamaged(
  { manifest }: HeldSlice,
  slices: Slices,
  world: World,
  { deep, signal }: VerifySlices,
  unopened: () => void,
): Promise<string | undefined> {
  try {
    const difference = await differenceOf(manifest, slices, signal)
    if (difference !== undefined || !deep) return difference
    const stretch = { slices: [manifest], from: manifest.start.at, to: manifest.end.at }
    const entries = entriesOf(stretch, slices, world, signal)[Symbol.asyncIterator]()
    while (!(await entries.next()).done);
    return undefined
  } catch (error) {
    signal.throwIfAborted()
    if (isUnopened(error)) {
      unopened()
      return undefined
    }
    if (!(error instanceof Failure)) throw error
    if (error.code === 'BACKUP_NOT_FOUND') return isListed(manifest, slices)
    if (error.kind !== 'integrity') throw error
    return error.message
  }
}

async function isListed({ id }: SliceManifest, slices: Slices): Promise<string> {
  const now = await slices.holdings()
  return now.slices.some(({ manifest }) => manifest.id === id) ? 'its file is missing' : 'gone'
}

/** How the bytes of a file differ from what its manifest says; nothing where they do not. */
export async function differenceOf(
  manifest: SliceManifest,
  slices: Pick<Slices, 'read'>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of slices.read(manifest)) {
    signal.throwIfAborted()
    hash.update(chunk)
    bytes += chunk.length
  }
  if (bytes !== manifest.bytes)
    return `it has ${bytes.toString()} bytes, its manifest says ${manifest.bytes.toString()}`
  return hash.digest('hex') === manifest.sha256
    ? undefined
    : 'its SHA-256 is not that of its manifest'
}
