import type { Config } from '../config/config.js'
import type { JobName, Patience } from '../domain/schedule.js'
import { watchRun } from '../procedures/schedule/watchRun.js'
import { warn, type Door } from './door.js'
import { milliseconds } from './duration.js'
import type { ScheduleWorld } from './scheduleWorld.js'

/** The flags of a command that can be scheduled. */
export interface ScheduledFlags {
  readonly scheduled: boolean
  readonly 'random-delay'?: string | undefined
}

/** How a job is watched. */
export interface Watched {
  readonly job: JobName
  readonly flags: ScheduledFlags
  /** Whether the dead man's switch is told: only of a run that stands for all that was promised. */
  readonly deadman: boolean
  /** How often it was tried, asked for at its end. */
  readonly tries?: () => number
  /** From 0 to 1. */
  readonly random?: () => number
}

/** Puts a scheduled start off, then runs a job, records it and tells the dead man's switch. Throws what the job throws. */
export async function watched<Answer>(
  work: () => Promise<Answer>,
  { job, flags, deadman, tries = () => 1, random = Math.random }: Watched,
  world: ScheduleWorld,
  door: Door,
): Promise<Answer> {
  const { signal } = door.interruption
  const most = milliseconds(flags['random-delay'] ?? '') ?? 0
  if (most > 0) await world.clock.sleep(Math.floor(random() * most), signal)
  return watchRun(work, {
    job,
    clock: world.clock,
    host: world.host,
    ...(flags.scheduled ? { runs: world.runs } : {}),
    ...(deadman && world.deadman ? { deadman: world.deadman } : {}),
    signal,
    tries,
    warn: (text) => {
      warn(door, text)
    },
  })
}

/** What the flags say of a backup's patience; what they leave open `ops.yaml` decides, for a scheduled run only. */
export function patienceOf(
  given: {
    readonly scheduled: boolean
    readonly retries?: number | undefined
    readonly 'lock-wait'?: string | undefined
  },
  { schedule }: Pick<Config, 'schedule'>,
): Patience {
  const rules = given.scheduled ? schedule.backup : undefined
  const wait = milliseconds(given['lock-wait'] ?? '')
  return {
    retries: given.retries ?? rules?.retries ?? 0,
    lockWaitSeconds: wait === undefined ? (rules?.lockWaitSeconds ?? 0) : wait / 1000,
  }
}

/** Which targets a backup is for: the flags', or for a scheduled run those of `ops.yaml`, which is every one by default. */
export function wantedTargets(
  given: {
    readonly scheduled: boolean
    readonly all: boolean
    readonly target?: string | undefined
  },
  { schedule, targets }: Pick<Config, 'schedule' | 'targets'>,
): { readonly target?: string; readonly all: boolean } {
  if (given.target !== undefined) return { target: given.target, all: false }
  if (given.all || !given.scheduled) return { all: given.all }
  const target = schedule.backup?.target
  if (target !== undefined) return { target, all: false }
  return { all: Object.keys(targets).length > 1 }
}

/** Says that something is tried again: to a person at once, to a program in the envelope, and to nobody in the quiet. */
export function tellAgain(door: Door, text: string): void {
  door.warnings.push(text)
  door.log.note('warn', 'again', { message: text })
  if (!door.json && !door.quiet) door.notice(`! ${text}`)
}
