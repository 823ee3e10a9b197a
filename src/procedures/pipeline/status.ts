import type { ContainerFacts } from '../../ports/engine.js'
import type { World } from '../../ports/world.js'
import { lookAtProject } from '../stack/project.js'
import { measure, type MeasuredStep } from './baseline.js'
import { jobOf } from './facts.js'
import { pipelineLog } from './output.js'

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
}

const wanted = 200
const shown = 10

/** Looks at the newest container of the job and the end of its log. */
export async function pipelineStatus(
  world: Pick<World, 'stack' | 'compose' | 'engine' | 'clock'>,
): Promise<PipelineStatus> {
  const live = await lookAtProject(world)
  const job = jobOf(live)
  const [container] = live.containers
    .filter(({ service, startedAt }) => service === job && startedAt !== undefined)
    .sort((one, other) => (other.startedAt ?? '').localeCompare(one.startedAt ?? ''))
  if (!container) return nothing(job)

  const { name, exitCode, startedAt = '', finishedAt } = container
  const state = stateOf(container)
  const ended = state === 'running' ? world.clock.now() : new Date(finishedAt ?? startedAt)
  const seconds = Math.round(ended.getTime() - new Date(startedAt).getTime()) / 1000
  const lines = await world.compose.lastLines(name, wanted)
  const log = pipelineLog()
  for (const line of lines) log.read(line, momentOf(line) - new Date(startedAt).getTime())
  const measured = measure(log.steps(), seconds)
  return {
    job,
    state,
    container: name,
    startedAt,
    finishedAt: state === 'running' ? null : (finishedAt ?? null),
    exitCode: state === 'running' ? null : exitCode,
    seconds,
    baselineSeconds: measured.baselineSeconds,
    slower: measured.slower,
    steps: measured.steps,
    lastLines: lines.slice(-shown),
  }
}

function stateOf({ state, exitCode }: ContainerFacts): PipelineStatus['state'] {
  if (state === 'running' || state === 'restarting' || state === 'paused') return 'running'
  return exitCode === 0 ? 'succeeded' : 'failed'
}

/** When a line was written, as the line itself says; not a number where it does not. */
function momentOf(line: string): number {
  return new Date(line.split(/\s/, 1)[0] ?? '').getTime()
}

function nothing(job: string): PipelineStatus {
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
