import { schedulable, jobNames, type JobName } from '../../domain/schedule.js'
import { stateOf, type TextState } from '../../domain/scheduleMark.js'
import type { FoundText, SchedulePlace, SchedulerName, Schedulers } from '../../ports/schedulers.js'
import { blockIn, cronBlock, cronFile } from './cronTable.js'
import { cronFilePath, requireWritable, sumOf, unitFolder, unitName } from './layout.js'
import type { Installation } from './layout.js'
import { serviceUnit, timerUnit } from './units.js'

/** One text of a schedule: what is there, what should be. */
export interface Piece {
  readonly scheduler: SchedulerName
  readonly place: SchedulePlace
  /** The place as people know it. */
  readonly path: string
  /** The job it is for; the whole schedule where it is for all of them. */
  readonly job?: JobName
  /** The timer that it describes. */
  readonly timer?: string
  readonly state: TextState
  /** Absent where nothing should be. */
  readonly wanted?: string
  readonly found?: string
  /** RFC 3339 UTC. */
  readonly changedAt?: string
}

type Wanted = Pick<Piece, 'scheduler' | 'place' | 'path' | 'job' | 'timer' | 'wanted'>

/**
 * Every text that a schedule of this stack may consist of, under either scheduler, where `scheduler` is the one to use
 * (none: nothing should be there). Throws `SCHEDULE_IMPOSSIBLE` (refused) and what reading throws.
 */
export async function piecesOf(
  installation: Installation,
  scheduler: SchedulerName | undefined,
  schedulers: Pick<Schedulers, 'read'>,
): Promise<readonly Piece[]> {
  if (scheduler !== undefined) requireWritable(installation)
  const wanted = [...cronPieces(installation, scheduler), ...unitPieces(installation, scheduler)]
  return Promise.all(
    wanted.map(async (piece) => {
      const read = await schedulers.read(piece.place)
      const found = read && ownPart(read, piece.place, installation)
      return {
        ...piece,
        state: stateOf(found, piece.wanted, installation.stack, sumOf),
        ...(found === undefined ? {} : { found }),
        ...(found === undefined || read?.changedAt === undefined
          ? {}
          : { changedAt: read.changedAt }),
      }
    }),
  )
}

/** Of a crontab only the block is ours. */
function ownPart(
  read: FoundText,
  place: SchedulePlace,
  { stack }: Installation,
): string | undefined {
  return place.kind === 'crontab' ? blockIn(read.text, stack) : read.text
}

function cronPieces(installation: Installation, scheduler: SchedulerName | undefined): Wanted[] {
  const wanted = scheduler === 'cron' && installation.jobs.length > 0
  if (installation.scope === 'user') {
    const path = `crontab of ${installation.user}`
    const text = wanted ? { wanted: cronBlock(installation) } : {}
    return [{ scheduler: 'cron', place: { kind: 'crontab' }, path, ...text }]
  }
  const path = cronFilePath(installation)
  const text = wanted ? { wanted: cronFile(installation) } : {}
  return [{ scheduler: 'cron', place: { kind: 'file', path }, path, ...text }]
}

function unitPieces(installation: Installation, scheduler: SchedulerName | undefined): Wanted[] {
  return jobNames.flatMap((name) => {
    const job = installation.jobs.find((one) => one.name === name)
    const unit = unitName(installation.stack, name)
    const pieceOf = (ending: string, write: typeof timerUnit): Wanted => {
      const path = `${unitFolder(installation)}/${unit}.${ending}`
      return {
        scheduler: 'systemd',
        place: { kind: 'file', path },
        path,
        job: name,
        ...(ending === 'timer' ? { timer: `${unit}.timer` } : {}),
        ...(scheduler === 'systemd' && job ? { wanted: write(job, installation) } : {}),
      }
    }
    return [pieceOf('service', serviceUnit), pieceOf('timer', timerUnit)]
  })
}

/** The command a job runs, as people type it. */
export function commandOf(job: JobName): string {
  return `ops ${schedulable[job].argv.join(' ')}`
}
