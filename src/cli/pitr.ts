import type { ConfigReading } from '../config/config.js'
import { Failure } from '../domain/failure.js'
import { gapWords } from '../domain/oplog/gap.js'
import { unfitWords } from '../domain/oplog/unfit.js'
import type { Target } from '../domain/target.js'
import type { World } from '../ports/world.js'
import { takeSlices, type BaseNeeded, type TakenSlices } from '../procedures/oplog/takeSlices.js'
import { backupsRequest } from './backUp.js'
import { warn, type Door } from './door.js'
import { backupOf } from './takeBackups.js'

/** What `ops pitr slice` answers. */
export interface SlicesTaken extends TakenSlices {
  /** The base that was taken because one was needed. */
  readonly base?: string
}

/** The part of the configuration that bases and slices go by. */
export type PitrReading = Pick<ConfigReading, 'config' | 'plainPasswords'>

/**
 * Takes what there is to take; with `base` also the base that is needed, and the slices behind it. Throws what taking slices
 * throws, and without `base`: `OPLOG_GAP`, `BASE_NEEDED` (failing).
 */
export async function sliceOnce(
  target: Target,
  flags: { readonly base: boolean },
  reading: PitrReading,
  world: World,
  door: Door,
): Promise<SlicesTaken> {
  const request = {
    target,
    compression: reading.config.backup.compression,
    command: 'pitr slice',
  }
  const context = {
    signal: door.interruption.signal,
    warn: (text: string) => {
      warn(door, text)
    },
  }
  const first = await takeSlices(request, world, context)
  if (first.gap) warn(door, gapText(first))
  const { baseNeeded } = first
  if (!baseNeeded) return first
  if (!flags.base) {
    if (first.gap) throw gapFailure(first)
    if (baseNeeded.why !== 'refused operation') throw baseMissing(target, baseNeeded)
    warn(door, neededText(first))
    return first
  }
  const base = await takeBase(target, reading, world, door)
  const second = await takeSlices(request, world, context)
  // A base that cannot be continued at once is told of: every next run would take another one.
  const { baseNeeded: still } = second
  if (still && still.why !== 'refused operation') throw baseMissing(target, still)
  return {
    ...second,
    slices: [...first.slices, ...second.slices],
    bases: [...first.bases, ...second.bases],
    ...(first.gap ? { gap: first.gap } : {}),
    base,
  }
}

/** Takes a base as `ops backup` takes a backup; its id. */
export async function takeBase(
  target: Target,
  reading: PitrReading,
  world: World,
  door: Door,
): Promise<string> {
  const followed = await backupOf(target, backupsRequest(reading), world, {}, door)
  if ('dryRun' in followed) throw new Error('a base is taken, not looked at')
  return followed.done.id
}

/** That a timeline ended, and why. */
export function gapText({ gap, target }: TakenSlices): string {
  if (!gap) return ''
  const time = new Date(gap.after.at.seconds * 1000).toISOString()
  return `${target}: timeline ${gap.timeline.toString()} ended at ${time}: ${gapWords[gap.reason]}; what was reached until then stays`
}

/** That an operation calls for a base, or that none leads to the slices any more. */
export function neededText({ baseNeeded, target }: TakenSlices): string {
  if (baseNeeded?.why === 'not reached') return `${target}: ${notReached}`
  if (baseNeeded?.why !== 'refused operation') return ''
  return `${target}: ${baseNeeded.operation.what}: it is refused when a moment is restored; times after it can be reached only with a new base (ops backup)`
}

const notReached =
  'no good base leads to the end of the slices any more: it was removed or is damaged, or a slice between them is'

function gapFailure(taken: TakenSlices): Failure {
  return new Failure('failing', 'OPLOG_GAP', gapText(taken), baseNext(taken.target), {
    facts: { gap: taken.gap },
  })
}

function baseMissing(
  { name }: Target,
  needed: Exclude<BaseNeeded, { readonly why: 'refused operation' }>,
): Failure {
  const unfit = needed.why === 'no base' ? needed.unfit : undefined
  const none = unfit
    ? `${unfit.id} is none: ${unfitWords[unfit.reason]}`
    : 'no good backup of the whole instance with its oplog whose last entry the server still has'
  const why = needed.why === 'not reached' ? notReached : none
  return new Failure(
    'failing',
    'BASE_NEEDED',
    `there is no base that slices of "${name}" could continue: ${why}`,
    baseNext(name),
    { facts: { why: needed.why, ...(unfit ? { unfit } : {}) } },
  )
}

function baseNext(target: string): readonly string[] {
  return [`ops pitr slice --base --target ${target}`, `ops pitr status --target ${target}`]
}
