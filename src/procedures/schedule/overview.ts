import { jobNames, type JobName } from '../../domain/schedule.js'
import type { Clock } from '../../ports/clock.js'
import type { ScheduledRun, ScheduledRuns } from '../../ports/scheduledRuns.js'
import type { SchedulerName, Schedulers } from '../../ports/schedulers.js'
import type { Installation } from './layout.js'
import { commandOf, piecesOf, type Piece } from './pieces.js'
import { lastTime, nextTimes } from './times.js'

/** How a job stands with its scheduler: `inactive` is written down but not in service. */
export type JobState = 'installed' | 'outdated' | 'edited' | 'inactive' | 'absent'

/** How a run went; `cut off` for one whose process is gone without a word. */
export interface ShownRun extends ScheduledRun {
  readonly outcome: 'done' | 'failed' | 'running' | 'cut off'
}

/** One scheduled job. Times are RFC 3339 UTC. */
export interface ShownJob {
  readonly job: JobName
  readonly command: string
  /** Absent where only the scheduler knows of the job any more. */
  readonly cron?: string
  readonly randomDelaySeconds?: number
  readonly state: JobState
  /** Where it is installed. */
  readonly paths: readonly string[]
  readonly installedAt?: string
  readonly next: readonly string[]
  /** When it should have run last. */
  readonly due?: string
  readonly last?: ShownRun
  /** The newest run that succeeded. */
  readonly lastDone?: ShownRun
}

/** The schedule as it is. */
export interface ScheduleOverview {
  readonly scheduler: SchedulerName | null
  readonly jobs: readonly ShownJob[]
  /** Texts of ours under the other scheduler, by which jobs run twice. */
  readonly doubled: readonly string[]
}

/** What looking at a schedule takes. */
export interface OverviewWorld {
  readonly schedulers: Pick<Schedulers, 'read' | 'active'>
  readonly runs: ScheduledRuns
  readonly clock: Pick<Clock, 'now'>
}

const ours = (piece: Piece) => piece.state !== 'absent' && piece.state !== 'foreign'

/**
 * Looks at what is installed, at what would be, and at the record of runs. Changes nothing. Throws what reading throws.
 */
export async function overviewOf(
  asked: Installation,
  world: OverviewWorld,
): Promise<ScheduleOverview> {
  const there = (await piecesOf(asked, undefined, world.schedulers)).filter(ours)
  const scheduler = there[0]?.scheduler
  const installation = withPathOf(asked, there[0])
  const pieces = (await piecesOf(installation, scheduler, world.schedulers)).filter(ours)
  const installed = pieces.filter((piece) => piece.scheduler === scheduler)
  const jobs = jobNames.filter(
    (name) =>
      installation.jobs.some((job) => job.name === name) ||
      installed.some((piece) => piece.job === name),
  )
  return {
    scheduler: scheduler ?? null,
    jobs: await Promise.all(jobs.map((name) => shownJob(name, installed, installation, world))),
    doubled: pieces.filter((piece) => piece.scheduler !== scheduler).map(({ path }) => path),
  }
}

/**
 * The search path was decided by whoever installed it; that the shell of whoever looks has another one says nothing
 * about what is installed.
 */
function withPathOf(installation: Installation, piece: Piece | undefined): Installation {
  const [, path] = /\bPATH=["']?([^"'\n]*?)["']?(?:\s|$)/.exec(piece?.found ?? '') ?? []
  if (path === undefined) return installation
  return { ...installation, environment: { ...installation.environment, PATH: path } }
}

async function shownJob(
  name: JobName,
  installed: readonly Piece[],
  installation: Installation,
  { schedulers, runs, clock }: OverviewWorld,
): Promise<ShownJob> {
  const job = installation.jobs.find((one) => one.name === name)
  const pieces = installed.filter((piece) => piece.job === undefined || piece.job === name)
  const timer = pieces.find((piece) => piece.timer !== undefined)?.timer
  const live = installation.root === ''
  const active =
    timer === undefined || !live || (await schedulers.active(timer, installation.scope))
  const kept = await Promise.all(
    (await runs.list(name)).map(async (run) => shownRun(run, await runs.cutOff(run))),
  )
  const last = kept[0]
  const lastDone = kept.find(({ outcome }) => outcome === 'done')
  const changed = pieces.flatMap(({ changedAt }) => changedAt ?? []).sort()
  const due = job && lastTime(job.cron, clock.now())
  return {
    job: name,
    command: commandOf(name),
    ...(job ? { cron: job.cron, randomDelaySeconds: job.randomDelaySeconds } : {}),
    state: stateOfJob(pieces, active, installed[0]?.scheduler),
    paths: pieces.map(({ path }) => path),
    ...(changed[0] === undefined ? {} : { installedAt: changed[0] }),
    next: job ? nextTimes(job.cron, clock.now(), 3).map((time) => time.toISOString()) : [],
    ...(due ? { due: due.toISOString() } : {}),
    ...(last ? { last } : {}),
    ...(lastDone ? { lastDone } : {}),
  }
}

function stateOfJob(
  pieces: readonly Piece[],
  active: boolean,
  scheduler: SchedulerName | undefined,
): JobState {
  if (pieces.length === 0) return 'absent'
  if (pieces.some(({ state }) => state === 'edited')) return 'edited'
  const whole = scheduler === 'cron' ? 1 : 2
  if (pieces.length < whole || pieces.some(({ state }) => state !== 'current')) return 'outdated'
  return active ? 'installed' : 'inactive'
}

function shownRun(run: ScheduledRun, gone: boolean): ShownRun {
  if (run.finishedAt === undefined) return { ...run, outcome: gone ? 'cut off' : 'running' }
  return { ...run, outcome: run.exitCode === 0 ? 'done' : 'failed' }
}
