import type { ConfigReading } from '../config/config.js'
import type { Surroundings } from '../config/surroundings.js'
import { Failure } from '../domain/failure.js'
import type { SchedulerName, Schedulers } from '../ports/schedulers.js'
import { apply, changesFor, type Changes } from '../procedures/schedule/changes.js'
import type { Installation } from '../procedures/schedule/layout.js'
import type { ScheduleOverview } from '../procedures/schedule/overview.js'
import { piecesOf } from '../procedures/schedule/pieces.js'
import { agree } from './agree.js'
import { confirm } from './confirm.js'
import { canvasOf, type Door } from './door.js'
import { installationOf, requireBare, scheduleOverview } from './scheduleInstallation.js'
import type { ScheduleWorld } from './scheduleWorld.js'

/** What `ops schedule` was asked for. */
export interface ScheduleRequest {
  readonly with?: SchedulerName | undefined
  readonly root?: string | undefined
  readonly confirm?: string | undefined
  readonly 'dry-run'?: boolean
}

/** Whose schedule, where ops itself lies, and what of the world it takes. */
export interface ScheduleContext {
  readonly reading: ConfigReading
  readonly world: ScheduleWorld
  readonly around: Surroundings
  /** Folder that ops is installed in. */
  readonly home: string
  /** Absolute path of node. */
  readonly node: string
  readonly door: Door
}

/** A change to one text of a schedule, with the text that is written. */
export interface ScheduleChange {
  readonly action: 'write' | 'replace' | 'remove'
  readonly path: string
  readonly text?: string
}

/** What `install` and `remove` answer. */
export interface ScheduleChanged {
  readonly dryRun: boolean
  readonly command: 'schedule install' | 'schedule remove'
  readonly stack: string
  readonly scheduler: SchedulerName | null
  readonly changes: readonly ScheduleChange[]
  /** Timers that were taken into service. */
  readonly activated: readonly string[]
  /** What is left for the operator to do. */
  readonly next: readonly string[]
}

/** What `show` answers. */
export interface ShownSchedule extends ScheduleOverview {
  readonly stack: string
  readonly file: string
  /** Name of the machine's time zone, which all schedules go by. */
  readonly timeZone: string
  /** Whether a dead man's switch is told. */
  readonly deadman: boolean
}

/**
 * Hands the schedule of `ops.yaml` to cron or systemd. Throws `SCHEDULE_MISSING` (usage), `SCHEDULER_MISSING`,
 * `SCHEDULE_UNREADABLE`, `SCHEDULE_UNWRITABLE` (environment), `SCHEDULE_EDITED`, `SCHEDULE_IMPOSSIBLE`,
 * `SCHEDULE_NEEDS_VARIABLE`, `CONFIRMATION_REQUIRED`, `CONFIRMATION_WRONG` (refused), `SCHEDULER_FAILED` (failed).
 */
export async function installSchedule(
  request: ScheduleRequest,
  context: ScheduleContext,
): Promise<ScheduleChanged> {
  const { reading, world, around } = context
  const installation = await installationFor(request, context)
  if (installation.jobs.length === 0) {
    throw new Failure(
      'usage',
      'SCHEDULE_MISSING',
      `${reading.config.file} schedules nothing: it has no schedule.backup and no schedule.verify`,
      ['ops config path', 'ops schedule remove'],
    )
  }
  await requireBare(reading, installation, around)
  const scheduler = await schedulerFor(request, world.schedulers)
  return change('schedule install', scheduler, installation, request, context)
}

/** Takes everything of this stack's schedule away, under either scheduler. Throws what `installSchedule` throws. */
export async function removeSchedule(
  request: ScheduleRequest,
  context: ScheduleContext,
): Promise<ScheduleChanged> {
  const installation = await installationFor(request, context)
  return change('schedule remove', undefined, installation, request, context)
}

/** The schedule, what is installed of it, and how its jobs ran. Throws what looking throws. */
export async function showSchedule(
  request: Pick<ScheduleRequest, 'root'>,
  context: ScheduleContext,
): Promise<ShownSchedule> {
  const { config } = context.reading
  return {
    stack: config.name,
    file: config.file,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    deadman: config.deadman !== undefined,
    ...(await scheduleOverview(config, { ...context, root: request.root }, context.world)),
  }
}

async function installationFor(
  { root }: Pick<ScheduleRequest, 'root'>,
  { reading, world, around, home, node }: ScheduleContext,
): Promise<Installation> {
  const programFolders = await world.schedulers.programFolders()
  const facts = { around, host: world.host, programFolders, node, home, root }
  return installationOf(reading.config, facts)
}

async function schedulerFor(
  request: ScheduleRequest,
  schedulers: Schedulers,
): Promise<SchedulerName> {
  const available = await schedulers.available()
  const chosen = request.with ?? available[0]
  // Below a scratch root the files are for another machine, or for later.
  const usable = request.root !== undefined || available.some((name) => name === chosen)
  if (chosen !== undefined && usable) return chosen
  throw new Failure(
    'environment',
    'SCHEDULER_MISSING',
    request.with === undefined
      ? 'neither systemd nor cron runs jobs on this machine'
      : `${request.with} does not run jobs on this machine${available.length > 0 ? `; ${available.join(' and ')} does` : ''}`,
    available[0] === undefined
      ? ['sudo apt-get install cron', 'ops schedule install --with systemd --root DIR']
      : [`ops schedule install --with ${available[0]}`],
  )
}

async function change(
  command: ScheduleChanged['command'],
  scheduler: SchedulerName | undefined,
  installation: Installation,
  request: ScheduleRequest,
  { world: { schedulers }, door }: ScheduleContext,
): Promise<ScheduleChanged> {
  const { scope, stack, root } = installation
  const pieces = await piecesOf(installation, scheduler, schedulers)
  const timers = root === '' ? pieces.filter(({ state }) => state === 'current') : []
  const active = new Set<string>()
  for (const { timer } of timers)
    if (timer !== undefined && (await schedulers.active(timer, scope))) active.add(timer)
  const decided = changesFor(pieces, (timer) => root !== '' || active.has(timer), stack)
  const answer: ScheduleChanged = {
    dryRun: request['dry-run'] === true,
    command,
    stack: stack.name,
    scheduler: scheduler ?? null,
    changes: decided.changes.map(({ action, piece }) => ({
      action,
      path: piece.path,
      ...(piece.wanted === undefined ? {} : { text: piece.wanted }),
    })),
    activated: root === '' ? decided.activate : [],
    next: nextFor(decided, scheduler, installation),
  }
  if (answer.dryRun || (decided.changes.length === 0 && answer.activated.length === 0))
    return answer
  await mayChange(answer, request.confirm, door)
  await apply(decided, installation, schedulers)
  return answer
}

/** Shows what would be written, then asks; `--confirm NAME` answers in advance. */
async function mayChange(
  answer: ScheduleChanged,
  given: string | undefined,
  door: Door,
): Promise<void> {
  const { command, stack } = answer
  if (!door.json && (!door.quiet || given === undefined)) {
    const { scheduleChangesScreen } = await import('../report/schedule.js')
    door.stderr.write(`${scheduleChangesScreen(answer, canvasOf(door, 'stderr'))}\n\n`)
  }
  if (given !== undefined) {
    await confirm({ name: stack, given }, door)
    return
  }
  if (await agree(command === 'schedule install' ? 'Install this?' : 'Remove this?', door)) return
  throw new Failure(
    'refused',
    'CONFIRMATION_REQUIRED',
    `nobody agreed to it here: --confirm ${stack} says yes; nothing was changed`,
    [`ops ${command} --confirm ${stack}`, `ops ${command} --dry-run`],
  )
}

function nextFor(
  { changes, activate }: Changes,
  scheduler: SchedulerName | undefined,
  { scope, root, user }: Installation,
): readonly string[] {
  if (scheduler === 'systemd' && root !== '' && activate.length > 0)
    return ['systemctl daemon-reload', `systemctl enable --now ${activate.join(' ')}`]
  if (scheduler === 'systemd' && scope === 'user' && changes.length > 0)
    return [`loginctl enable-linger ${user}   (or timers stop when you log out)`]
  return scheduler === undefined ? [] : ['ops schedule show']
}
