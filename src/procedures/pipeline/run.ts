import { Failure } from '../../domain/failure.js'
import type { World } from '../../ports/world.js'
import type { Plan, Procedure, Step } from '../plan.js'
import { measure, type Measured, type MeasuredStep } from './baseline.js'
import { pipelineFacts, type PipelineFacts, type PipelineRequest } from './facts.js'
import { pipelineLog } from './output.js'
import { pipelineStatus } from './status.js'

/** What `pipeline run` answers. */
export interface PipelineResult {
  readonly job: string
  readonly target: string | null
  readonly exitCode: 0
  readonly seconds: number
  readonly baselineSeconds: number
  readonly slower: boolean
  readonly steps: readonly MeasuredStep[]
  readonly safetyBackup: string | null
  readonly receipt: string | null
}

/**
 * Runs the stack's job in the foreground. It empties what it loads into, so with documents there it is as destructive
 * as a restore: they are counted, saved first, and the target's name is typed. `ops undo` brings them back.
 */
export const runPipeline: Procedure<PipelineRequest, PipelineResult, World> = {
  id: 'pipeline run',
  summary: "run the stack's pipeline once and measure it",

  async plan(request, world) {
    return decide(request, await pipelineFacts(request, world), world)
  },
}

function decide(
  request: PipelineRequest,
  facts: PipelineFacts,
  world: World,
): Plan<PipelineResult> {
  const { job, live, target, held, safety } = facts
  const name = target?.name ?? live.project.name
  let measured: Measured | undefined
  const run = runStep(request, facts, world, (result) => {
    measured = result
  })
  return {
    command: 'pipeline run',
    target: name,
    title: `run ${job} of ${live.project.name}`,
    facts: [
      ['Job', `${job}${request.debug ? ', LOG_LEVEL=DEBUG' : ''}`],
      ...held.map(
        ({ database, collection, documents }) =>
          ['Holds now', `${database}.${collection}: ${documents.toString()} documents`] as const,
      ),
      ['First', firstText(facts, request)],
    ],
    loses: losses(facts),
    holds: 'lock and receipt',
    locks: [name],
    steps: [...(safety?.steps ?? []), run],
    receipt: () => {
      const saved = safety?.manifest()?.id
      const databases = [...new Set(held.map(({ database }) => database))]
      return {
        ...(saved === undefined ? {} : { safetyBackup: saved, touched: { databases } }),
        ...(measured ? { proof: { seconds: measured.seconds, steps: measured.steps } } : {}),
      }
    },
    result: (receipt) => ({
      job,
      target: target?.name ?? null,
      exitCode: 0,
      seconds: measured?.seconds ?? 0,
      baselineSeconds: measured?.baselineSeconds ?? 0,
      slower: measured?.slower ?? false,
      steps: measured?.steps ?? [],
      safetyBackup: safety?.manifest()?.id ?? null,
      receipt: receipt?.id ?? null,
    }),
  }
}

/** The job itself. Throws `PIPELINE_FAILED` (failed) with its last lines. */
function runStep(
  { debug }: PipelineRequest,
  { live, job, target, held }: PipelineFacts,
  world: World,
  done: (measured: Measured) => void,
): Step {
  const { compose, clock } = world
  return {
    title: `Run ${job}`,
    // Without a target nobody knows what it writes over: then it counts as destroying.
    effect: held.length > 0 || !target ? 'destroys' : 'changes',
    async run({ signal, detail, warn }) {
      const log = pipelineLog()
      const began = clock.elapsed()
      const since = () => clock.elapsed() - began
      const heard = (line: string) => {
        const kind = log.read(line, since())
        if (kind !== 'plain' || debug || /\b(WARN(ING)?|ERROR|CRITICAL)\b/.test(line))
          detail(stripped(line))
      }
      const variables: Record<string, string> = debug ? { LOG_LEVEL: 'DEBUG' } : {}
      const exitCode = await compose.run(live.stack, job, variables, heard, signal)
      log.end(since(), exitCode === 0)
      const measured = measure(log.steps(), Math.round(since()) / 1000)
      // Its container is gone with the next run: how long it took is kept now. That it cannot be is no reason to fail.
      await pipelineStatus(world).catch(() => undefined)
      if (exitCode !== 0) throw failed(job, exitCode, log.lastLines(), measured)
      if (measured.slower)
        warn(
          `${job} took ${measured.seconds.toFixed(1)} s; its baseline is ${measured.baselineSeconds.toString()} s`,
        )
      done(measured)
    },
  }
}

function failed(
  job: string,
  exitCode: number,
  lines: readonly string[],
  { steps }: Measured,
): Failure {
  const at = steps.at(-1)
  const where = at ? ` in step ${at.number.toString()}/${at.of.toString()}, ${at.title}` : ''
  const errors = lines.filter((line) => /\b(ERROR|CRITICAL)\b/.test(line))
  const says = (errors.at(-1) ?? lines.at(-1) ?? 'it said nothing').trim()
  return new Failure(
    'failed',
    'PIPELINE_FAILED',
    `${job} left with exit code ${exitCode.toString()}${where}: ${stripped(says)}`,
    ['ops pipeline status', 'ops pipeline run --debug'],
    { facts: { exitCode, steps, lastLines: lines }, quotes: stripped(says) },
  )
}

/** A line without the time it begins with. */
function stripped(line: string): string {
  return line.replace(/^\d{4}-\d\d-\d\d[T ][\d:.,]+(Z|[+-]\d\d:?\d\d)?\s+/, '')
}

function firstText(
  { held, safety, target }: PipelineFacts,
  { safetyBackup }: PipelineRequest,
): string {
  if (safety) return 'a safety backup of what is there now; "ops undo" brings it back'
  if (!target) return 'nothing is saved: ops.yaml does not say which target the job writes to'
  if (held.length === 0) return 'nothing to save: the databases hold nothing'
  return safetyBackup ? 'nothing to save' : 'NO safety backup (--no-safety-backup): no way back'
}

function losses({ held, target, job }: PipelineFacts): readonly string[] {
  if (!target) return [`whatever ${job} writes over: no target of ops.yaml names it as a writer`]
  return held.map(
    ({ database, collection, documents }) =>
      `${database}.${collection}: up to ${documents.toString()} documents, ${job} empties what it loads into`,
  )
}
