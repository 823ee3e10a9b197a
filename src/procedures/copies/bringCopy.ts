import { withCopy, type CopyState } from '../../domain/copy.js'
import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import { isGood } from '../../domain/trust.js'
import type { CopyPlace, CopyWatch, PutResult } from '../../ports/copies.js'
import type { ShelfEntry } from '../../ports/shelf.js'
import type { World } from '../../ports/world.js'
import { bringImages } from '../images/bringImages.js'
import { belongings } from './belongings.js'

/** One backup, and one place it is to be brought to. */
export interface CopyJob {
  readonly target: Target
  readonly entry: ShelfEntry
  readonly place: CopyPlace
  /** Also reads a copy back that is there already. One whose last attempt failed is read back in any case. */
  readonly verify: boolean
}

/** What came of it, and the state that the manifest now holds. */
export interface Brought extends PutResult {
  readonly state: CopyState
}

type CopyWorld = Pick<World, 'clock' | 'shelf' | 'images'>

/**
 * Brings a backup to a place and writes what became of it into its manifest, a failure too. The backup itself is never
 * touched. Throws `COPY_NOT_SOUND` (integrity) for a backup that cannot be relied on, and what the place throws.
 */
export async function bringCopy(
  job: CopyJob,
  world: CopyWorld,
  watch: CopyWatch,
): Promise<Brought> {
  const brought = await tried(job, world, watch)
  // The copy is good by now, whatever becomes of these.
  await bringImages(job.entry.manifest, job.place, world, watch)
  return brought
}

async function tried(job: CopyJob, world: CopyWorld, watch: CopyWatch): Promise<Brought> {
  const { place } = job
  try {
    const result = await attempt(job, world, watch)
    return { ...result, state: await record(job, world, 'ok', result.because) }
  } catch (error) {
    const cause: unknown = watch.signal.aborted ? watch.signal.reason : error
    const because = cause instanceof Error ? cause.message : String(cause)
    // A shelf that takes no note of it either is not the story: why the copy failed is.
    await record(job, world, 'failed', because).catch(() => undefined)
    throw withFacts(cause, job.entry.manifest.id, place.name)
  }
}

async function attempt(
  { target, entry, place, verify }: CopyJob,
  world: CopyWorld,
  watch: CopyWatch,
): Promise<PutResult> {
  const { manifest, path, present } = entry
  if (!present || !isGood(manifest.trust)) {
    const state = present ? manifest.trust : 'missing'
    throw new Failure(
      'integrity',
      'COPY_NOT_SOUND',
      `${manifest.id} is ${state}: only backups that can be relied on are copied`,
      [`ops backup verify ${manifest.id}`, 'ops backup'],
    )
  }
  const shelf = world.shelf(target)
  const beside = await belongings(manifest, shelf)
  const source = { ...beside, read: () => shelf.read(path) }
  const result = await place.put(source, watch)
  // The right size proves nothing of a copy that was found damaged, or that failed in another way.
  const doubted = manifest.copies?.some(({ to, state }) => to === place.name && state === 'failed')
  if (result.done === 'copied' || !(verify || doubted === true)) return result
  try {
    await place.verify(manifest, watch)
    return { ...result, because: 'read back to its end: its SHA-256 agrees' }
  } catch (error) {
    // Damage that nobody has heard of is told first; the next run exchanges the copy.
    if (doubted !== true || !(error instanceof Failure) || error.code !== 'COPY_DAMAGED')
      throw error
    const brought = await place.put({ ...source, anew: true }, watch)
    return { ...brought, because: `brought anew: ${error.message}` }
  }
}

/** The manifest is read anew: a state of another place may have been written since. */
async function record(
  { target, entry, place }: CopyJob,
  world: CopyWorld,
  outcome: CopyState['state'],
  because: string,
): Promise<CopyState> {
  const { id } = entry.manifest
  const shelf = world.shelf(target)
  const state = { to: place.name, state: outcome, at: world.clock.now().toISOString(), because }
  const now = await shelf.manifest(id)
  if (now) await shelf.annotate(id, { copies: withCopy(now.copies, state) })
  return state
}

/** Which backup and which place, for programs that read `--json`. */
function withFacts(cause: unknown, backup: string, to: string): unknown {
  if (!(cause instanceof Failure)) return cause
  const { message, next, facts } = cause
  const more = { cause, facts: { ...facts, backup, to } }
  return new Failure(cause.kind, cause.code, message, next, more)
}
