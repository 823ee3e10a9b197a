import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import { isGood } from '../../domain/trust.js'
import type { CopyPlace } from '../../ports/copies.js'
import type { ShelfEntry } from '../../ports/shelf.js'
import type { World } from '../../ports/world.js'
import type { Procedure, Step, StepContext } from '../plan.js'
import { sliceSecondsAt, type RetentionSettings } from '../retention/examineShelf.js'
import { watchOf } from './afterBackup.js'
import { bringCopy } from './bringCopy.js'
import { bringSlices } from './bringSlices.js'
import { placeNamed, somePlaces } from './places.js'

/** A backup of the shelf, and whose it is. */
interface Wanted {
  readonly target: Target
  readonly entry: ShelfEntry
}

/** What `ops backup copy` was asked for. */
export interface CopyRequest {
  readonly wanted: readonly Wanted[]
  /** Name of one place; all of them where none is named. */
  readonly to?: string
  readonly verify: boolean
  /** Leaves out what the retention of a place has removed from it: it would go again. */
  readonly keptOnly?: boolean
  /** What places keep: slices that would go again are not brought. */
  readonly retention?: RetentionSettings
}

/** What became of one backup at one place. */
export interface CopyOutcome {
  readonly id: string
  readonly target: string
  readonly to: string
  /** `copied` now, `there` already, or `failed`. */
  readonly state: 'copied' | 'there' | 'failed'
  readonly because: string
  readonly failure?: Pick<Failure, 'kind' | 'code' | 'next'>
  readonly bytes: number
  /** Bytes that an interrupted attempt had brought before. */
  readonly resumedBytes: number
  readonly seconds: number
}

/** What became of a target's slices at one place. */
export interface SlicesOutcome {
  readonly target: string
  readonly to: string
  readonly state: 'copied' | 'there' | 'failed'
  readonly because: string
  readonly failure?: Pick<Failure, 'kind' | 'code' | 'next'>
  /** Slices brought now, and bytes of their files. */
  readonly copied: number
  readonly bytes: number
}

/** What `ops backup copy` answers. */
export interface CopyResult {
  readonly copies: readonly CopyOutcome[]
  /** The slices of the oplog behind them; nothing where there are none. */
  readonly slices: readonly SlicesOutcome[]
}

/** The backups that are worth copying: good, with their file, and no safety backups (those hold what somebody wanted to leave). */
export function worthCopying(entries: readonly ShelfEntry[]): readonly ShelfEntry[] {
  return entries.filter(
    ({ manifest, present }) => manifest.purpose === 'backup' && present && isGood(manifest.trust),
  )
}

/**
 * Brings backups to places, the newest backup first. What is there already is left as it is, so that it can be run at any
 * time. A copy that fails keeps no other from being tried: `requireCopied` tells of it afterwards.
 */
export const copyBackups: Procedure<CopyRequest, CopyResult, World> = {
  id: 'backup copy',
  summary: 'bring backups to the places elsewhere',

  async plan({ wanted, to, verify, keptOnly = false, retention }, world) {
    const places = to === undefined ? somePlaces(world.copies) : [placeNamed(to, world.copies)]
    const outcomes: CopyOutcome[] = []
    const jobs = wanted
      .flatMap((one) => places.map((place) => ({ ...one, place, verify })))
      .filter(({ entry, place }) => !keptOnly || !wasRemoved(entry, place))
    const all = new Map(wanted.map(({ target }) => [target.name, target]))
    const targets = [...all.keys()]
    const slices: SlicesOutcome[] = []
    const withSlices: Target[] = []
    for (const target of all.values())
      if (target.pointInTime && (await hasSlices(target, world))) withSlices.push(target)
    return {
      command: 'backup copy',
      target: targets[0] ?? '',
      title: `copy ${wanted.length.toString()} ${wanted.length === 1 ? 'backup' : 'backups'} to ${places.map(({ name }) => name).join(', ')}`,
      facts: places.map((place) => ['To', `${place.name} (${place.where})`] as const),
      loses: [],
      holds: 'lock',
      locks: targets,
      steps: [
        ...jobs.map((job): Step => ({
          title: `Copy ${job.entry.manifest.id} to ${job.place.name}`,
          effect: 'reads',
          run: async (context) => {
            outcomes.push(await outcomeOf(job, world, context))
          },
        })),
        ...withSlices.flatMap((target) =>
          places.map((place): Step => ({
            title: `Copy the slices of ${target.name} to ${place.name}`,
            effect: 'reads',
            run: async (context) => {
              const seconds = sliceSecondsAt(place.name, retention)
              slices.push(await slicesAt(target, place, seconds, world, context))
            },
          })),
        ),
      ],
      result: () => ({ copies: outcomes, slices }),
    }
  },
}

/** Slices that cannot be looked at are said so when they are to be copied. */
async function hasSlices(target: Target, world: Pick<World, 'slices'>): Promise<boolean> {
  try {
    return (await world.slices(target).holdings()).slices.length > 0
  } catch (error) {
    if (error instanceof Failure) return true
    throw error
  }
}

async function slicesAt(
  target: Target,
  place: CopyPlace,
  sliceSeconds: number | undefined,
  world: World,
  context: StepContext,
): Promise<SlicesOutcome> {
  const common = { target: target.name, to: place.name }
  try {
    const { copied, bytes, there } = await bringSlices(target, place, world, context.signal, {
      sliceSeconds,
    })
    const because = `${copied.toString()} slices brought, ${there.toString()} were there`
    context.detail(`${target.name} to ${place.name}: ${because}`)
    return { ...common, state: copied > 0 ? 'copied' : 'there', because, copied, bytes }
  } catch (error) {
    if (context.signal.aborted || !(error instanceof Failure)) throw error
    context.warn(`the slices of ${target.name} were not copied to ${place.name}: ${error.message}`)
    const { kind, code, message: because, next } = error
    const failure = { kind, code, next }
    return { ...common, state: 'failed', because, copied: 0, bytes: 0, failure }
  }
}

function wasRemoved({ manifest }: ShelfEntry, { name }: CopyPlace): boolean {
  return manifest.copies?.some(({ to, state }) => to === name && state === 'removed') === true
}

async function outcomeOf(
  job: Wanted & { readonly place: CopyPlace; readonly verify: boolean },
  world: World,
  context: StepContext,
): Promise<CopyOutcome> {
  const { entry, place } = job
  const { id, target, bytes } = entry.manifest
  const began = world.clock.elapsed()
  const common = () => ({
    id,
    target,
    to: place.name,
    bytes,
    seconds: Math.round(world.clock.elapsed() - began) / 1000,
  })
  try {
    const brought = await bringCopy(job, world, watchOf(entry.manifest, context))
    const { done, because, resumedBytes } = brought
    context.detail(`${id} ${done === 'there' ? 'is there already' : 'copied'}: ${because}`)
    return { ...common(), state: done, because, resumedBytes }
  } catch (error) {
    if (context.signal.aborted || !(error instanceof Failure)) throw error
    context.warn(`${id} was not copied to ${place.name}: ${error.message}`)
    const { kind, code, message: because, next } = error
    return { ...common(), state: 'failed', because, resumedBytes: 0, failure: { kind, code, next } }
  }
}

/** Whether there is anything to show for it; also where there was nothing to copy. */
export function anyGood({ copies }: CopyResult): boolean {
  return copies.length === 0 || copies.some(({ state }) => state !== 'failed')
}

/**
 * Throws the first failure where a copy failed: as `partial` where another one is good, as it is where none is. Its facts
 * hold what became of each.
 */
export function requireCopied(result: CopyResult): CopyResult {
  const failed = result.copies.flatMap(({ failure, ...rest }) =>
    failure ? [{ ...rest, ...failure }] : [],
  )
  const [first] = failed
  if (!first) return requireSlices(result)
  const all = result.copies.length
  const count = `${failed.length.toString()} of ${all.toString()} copies failed`
  throw new Failure(
    failed.length < all ? 'partial' : first.kind,
    first.code,
    all === 1 ? first.because : `${count}: ${first.id} to ${first.to}: ${first.because}`,
    [...new Set(failed.flatMap(({ next }) => next))],
    { facts: { copies: result.copies } },
  )
}

/** The backups are there: slices that failed make it partial. */
function requireSlices(result: CopyResult): CopyResult {
  const failed = result.slices.flatMap(({ failure, ...rest }) =>
    failure ? [{ ...rest, ...failure }] : [],
  )
  const [first] = failed
  if (!first) return result
  throw new Failure(
    'partial',
    first.code,
    `the slices of ${first.target} were not copied to ${first.to}: ${first.because}`,
    [...new Set(failed.flatMap(({ next }) => next))],
    { facts: { copies: result.copies, slices: result.slices } },
  )
}
