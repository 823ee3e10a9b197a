import { Failure } from '../../domain/failure.js'
import type { Clock } from '../../ports/clock.js'
import type { Deadman } from '../../ports/deadman.js'
import type { Host } from '../../ports/host.js'
import type { ScheduledRun, ScheduledRuns } from '../../ports/scheduledRuns.js'
import { endingWithin } from '../underWay.js'
import { tellStart } from './switch.js'

/** Milliseconds for a record: its disk may never answer, and the job must not wait for that. */
const recordPatience = 10_000

/** Who hears of a run, and what of the world that takes. */
export interface RunWatch {
  readonly job: string
  readonly clock: Clock
  readonly host: Host
  /** Absent for a run that somebody started by hand: only scheduled ones are recorded. */
  readonly runs?: ScheduledRuns
  readonly deadman?: Deadman
  readonly signal: AbortSignal
  /** How often it was tried, asked for at its end. */
  readonly tries: () => number
  readonly warn: (text: string) => void
}

/**
 * Runs a job, records how it went and tells the dead man's switch. Neither of them can make the job fail or wait: what
 * goes wrong with them is a warning. Throws what the job throws.
 */
export async function watchRun<Answer>(
  work: () => Promise<Answer>,
  watch: RunWatch,
): Promise<Answer> {
  const { job, clock, host, deadman, signal, warn } = watch
  const startedAt = clock.now().toISOString()
  const begun: ScheduledRun = {
    id: `${job}-${startedAt.replaceAll(/[-:]|\.\d+/g, '')}-${host.token()}`,
    job,
    startedAt,
    host: host.name,
    pid: host.pid,
  }
  await record(begun, watch)
  const told = deadman && tellStart(deadman, clock)

  const close = async (end: Pick<ScheduledRun, 'exitCode' | 'failure'>) => {
    // Partly done is not well: a copy elsewhere that fails for months must not look like success.
    const what = end.exitCode === 0 ? 'success' : 'fail'
    const code = end.failure === undefined ? '' : ` ${end.failure.code}`
    const note = `exit code ${(end.exitCode ?? 0).toString()}${code}`
    const untold = await told?.ended(what, note, signal.aborted)
    if (untold !== undefined) warn(untold)
    await record(
      {
        ...begun,
        ...end,
        finishedAt: clock.now().toISOString(),
        tries: watch.tries(),
        ...(told ? { deadman: untold === undefined ? 'told' : 'untold' } : {}),
      },
      watch,
    )
  }
  let answer: Answer
  try {
    answer = await work()
  } catch (error) {
    await close(endOf(error))
    throw error
  }
  await close({ exitCode: 0 })
  return answer
}

/** What is thrown and no `Failure` is a bug of ops, which leaves with exit code 1. */
function endOf(error: unknown): Pick<ScheduledRun, 'exitCode' | 'failure'> {
  if (error instanceof Failure) {
    const { exitCode, code, message } = error
    return { exitCode, failure: { code, message } }
  }
  const message = error instanceof Error ? error.message : String(error)
  return { exitCode: 1, failure: { code: 'BUG', message } }
}

async function record(run: ScheduledRun, { runs, warn }: RunWatch): Promise<void> {
  try {
    if (runs) await endingWithin(runs.save(run), 'record the scheduled run', recordPatience)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    warn(`the scheduled run could not be recorded: ${why}`)
  }
}
