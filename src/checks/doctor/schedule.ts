import type { Finding } from '../../domain/finding.js'
import type { Looked, ScheduledJobSeen, ScheduleSeen } from './evidence.js'
import { blind, broken, doubtful, fine, unknown } from './finding.js'
import { span } from './words.js'

/** Seconds after which a job that was due and did not start counts as missed. */
const grace = 3600

const install = ['ops schedule install']
const look = ['ops schedule show']

/** Does the scheduler know what `ops.yaml` wants done, and is it done? */
export function judgeSchedule(
  schedule: Looked<ScheduleSeen>,
  backupAgeSeconds: number,
  at: string,
): readonly Finding[] {
  if (schedule.state !== 'seen') return [blind('schedule', 'the schedule', schedule, look)]
  const { jobs, doubled } = schedule.facts
  return [
    ...jobs.flatMap((job) => [
      judgeInstalled(job),
      ...(job.state === 'absent' ? [] : [judgeRuns(job, backupAgeSeconds, at)]),
    ]),
    ...(doubled.length > 0
      ? [
          doubtful('schedule.doubled', {
            says: 'jobs are installed with cron and with systemd, and run twice',
            because: doubled.join('\n'),
            next: install,
          }),
        ]
      : []),
  ]
}

function judgeInstalled({ job, state, next }: ScheduledJobSeen): Finding {
  const id = `schedule.${job}`
  switch (state) {
    case 'installed':
      return fine(id, `${job} is scheduled`, next[0] === undefined ? '' : `next run ${next[0]}`, {
        next,
      })
    case 'absent':
      return broken(id, {
        says: `${job} is scheduled in ops.yaml, and nothing runs it`,
        because: 'neither cron nor systemd was told',
        next: install,
      })
    case 'inactive':
      return broken(id, {
        says: `the timer of ${job} is not in service`,
        because: 'its units are installed, and systemd does not wait for its time',
        next: install,
      })
    case 'outdated':
      return doubtful(id, {
        says: `${job} is not scheduled as ops.yaml has it`,
        because: 'ops.yaml, ops or node changed after it was installed',
        next: install,
      })
    case 'edited':
      return doubtful(id, {
        says: `what runs ${job} was edited by hand`,
        because: 'ops leaves it alone, and changes of ops.yaml do not reach it',
        next: look,
      })
  }
}

function judgeRuns(job: ScheduledJobSeen, backupAgeSeconds: number, at: string): Finding {
  const { job: name, last, lastDone } = job
  const id = `schedule.${name}.run`
  const ago = (time: string) => span((Date.parse(at) - Date.parse(time)) / 1000)
  const missed = missedTime(job, at)
  if (!last) {
    if (job.installedAt === undefined)
      return unknown(id, {
        says: `it is not known whether ${name} ever ran by itself`,
        because: 'no scheduled run is recorded, and a crontab does not say since when it is there',
        next: look,
      })
    if (missed === undefined)
      return fine(id, `${name} was not due yet`, `installed ${job.installedAt}`)
  }
  if (name === 'backup' && lastDone && seconds(lastDone.startedAt, at) > backupAgeSeconds)
    return broken(id, {
      says: `the last scheduled backup that succeeded was ${ago(lastDone.startedAt)} ago`,
      because: `objectives.backupAge promises ${span(backupAgeSeconds)}`,
      next: [...look, 'ops backup'],
    })
  if (missed !== undefined)
    return doubtful(id, {
      says: `${name} was due ${ago(missed)} ago and did not run`,
      because: `due ${missed}; ${last ? `the last run began ${last.startedAt}` : 'no scheduled run is recorded'}`,
      next: look,
    })
  if (last?.outcome === 'failed' || last?.outcome === 'cut off')
    return doubtful(id, {
      says: `the last scheduled ${name} ${last.outcome === 'failed' ? 'failed' : 'was cut off'}, ${ago(last.startedAt)} ago`,
      because: last.failure ? `${last.failure.code}: ${last.failure.message}` : last.startedAt,
      next: [...look, `ops ${name === 'backup' ? 'backup' : 'backup verify --all'}`],
    })
  return fine(id, `the last scheduled ${name} is ${last?.outcome ?? ''}`, last?.startedAt ?? '')
}

/** When it should have started and did not; nothing where it was installed only after that, or may still start. */
function missedTime(job: ScheduledJobSeen, at: string): string | undefined {
  const { due, last, installedAt, randomDelaySeconds = 0 } = job
  if (due === undefined || seconds(due, at) < randomDelaySeconds + grace) return undefined
  if (installedAt !== undefined && seconds(due, installedAt) > 0) return undefined
  return last && seconds(due, last.startedAt) >= 0 ? undefined : due
}

function seconds(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 1000
}
