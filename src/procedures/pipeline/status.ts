import { judgePipeline } from '../../checks/pipeline/judge.js'
import { verdict, type Finding } from '../../domain/finding.js'
import type { JobRun } from '../../domain/samples/sample.js'
import type { ContainerFacts } from '../../ports/engine.js'
import type { World } from '../../ports/world.js'
import { lookAtProject } from '../stack/project.js'
import { measure, type MeasuredStep } from './baseline.js'
import { jobOf } from './facts.js'
import { pipelineLog } from './output.js'
import { pastRuns } from './runs.js'

/** What `pipeline status` answers: the last run of the job, however it was started. */
export interface PipelineStatus {
  readonly job: string
  /** `never`: there is no container of it, or it never started. */
  readonly state: 'never' | 'running' | 'succeeded' | 'failed'
  readonly container: string | null
  readonly startedAt: string | null
  readonly finishedAt: string | null
  readonly exitCode: number | null
  readonly seconds: number | null
  readonly baselineSeconds: number | null
  readonly slower: boolean
  readonly steps: readonly MeasuredStep[]
  readonly lastLines: readonly string[]
  readonly verdict: 'ok' | 'warn' | 'fail'
  readonly findings: readonly Finding[]
  /** Runs that ops saw when it was asked to look, the newest first. */
  readonly history: readonly JobRun[]
}

/** What was seen of the last run, before it is judged. */
type Seen = Omit<PipelineStatus, 'history' | 'verdict' | 'findings'>

/** Lines of its log that are read: the steps of a run at LOG_LEVEL=DEBUG are far apart. */
const wanted = 2_000
const shown = 10

type StatusWorld = Pick<World, 'stack' | 'compose' | 'engine' | 'clock' | 'samples'>

/** Looks at the newest container of the job and the end of its log, and keeps how long it took. */
export async function pipelineStatus(world: StatusWorld): Promise<PipelineStatus> {
  const live = await lookAtProject(world)
  const job = jobOf(live)
  const [container] = live.containers
    .filter(({ service, startedAt }) => service === job && startedAt !== undefined)
    .sort((one, other) => (other.startedAt ?? '').localeCompare(one.startedAt ?? ''))
  const seen = container ? await lastRun(job, container, world) : nothing(job)
  const findings = judgePipeline({ ...seen, whole: wholeOf(seen) })
  const history = await pastRuns(live.project.name, seen, world)
  return { ...seen, verdict: verdict(findings), findings, history }
}

async function lastRun(job: string, container: ContainerFacts, world: StatusWorld): Promise<Seen> {
  const { name, exitCode, startedAt = '', finishedAt } = container
  const state = stateOf(container)
  const began = new Date(startedAt).getTime()
  const ended = state === 'running' ? world.clock.now() : new Date(finishedAt ?? startedAt)
  const lines = await world.compose.lastLines(name, wanted, { timed: true })
  const log = pipelineLog()
  for (const line of lines) log.read(line, momentOf(line) - began)
  log.end(ended.getTime() - began, state === 'succeeded')
  const measured = measure(log.steps(), Math.round(ended.getTime() - began) / 1000)
  return {
    job,
    state,
    container: name,
    startedAt,
    finishedAt: state === 'running' ? null : (finishedAt ?? null),
    exitCode: state === 'running' ? null : exitCode,
    seconds: measured.seconds,
    baselineSeconds: measured.baselineSeconds,
    slower: measured.slower,
    steps: measured.steps,
    lastLines: lines.slice(-shown).map(withoutTime),
  }
}

function wholeOf({ job, seconds, baselineSeconds }: Seen) {
  return {
    title: job,
    ...(seconds === null ? {} : { seconds }),
    ...(baselineSeconds === null ? {} : { baselineSeconds }),
  }
}

function stateOf({ state, exitCode }: ContainerFacts): PipelineStatus['state'] {
  if (state === 'running' || state === 'restarting' || state === 'paused') return 'running'
  return exitCode === 0 ? 'succeeded' : 'failed'
}

/** The engine writes the time before a line. */
const time = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) ?/

/** When a line was written; not a number where nothing tells. */
function momentOf(line: string): number {
  return new Date(time.exec(line)?.[1] ?? '').getTime()
}

function withoutTime(line: string): string {
  return line.replace(time, '')
}

function nothing(job: string): Seen {
  return {
    job,
    state: 'never',
    container: null,
    startedAt: null,
    finishedAt: null,
    exitCode: null,
    seconds: null,
    baselineSeconds: null,
    slower: false,
    steps: [],
    lastLines: [],
  }
}
