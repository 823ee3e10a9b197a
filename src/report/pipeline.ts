import { median } from '../domain/retention/median.js'
import type { MeasuredStep } from '../procedures/pipeline/baseline.js'
import type { PipelineResult } from '../procedures/pipeline/run.js'
import type { PipelineStatus } from '../procedures/pipeline/status.js'
import type { Canvas } from './canvas.js'
import { duration } from './format/durations.js'
import { sparkline } from './format/sparkline.js'
import { absolute, both } from './format/times.js'
import { visible } from './format/visible.js'
import { paint } from './paint.js'
import { facts, table } from './table.js'

/** A run that went through, against the baselines. */
export function pipelineRunScreen(result: PipelineResult, canvas: Canvas): string {
  const { good } = paint(canvas)
  return [
    `${good('✔')} ${visible(result.job)} left with exit code 0 after ${duration(result.seconds)} (baseline ${duration(result.baselineSeconds)})`,
    ...stepTable(result.steps, canvas),
    ...(result.safetyBackup === null ? [] : [`  Before it: ${result.safetyBackup}`]),
    ...(result.safetyBackup === null || result.receipt === null
      ? []
      : [`  Take it back: ops undo ${result.receipt}`]),
  ].join('\n')
}

/** The last run, however it was started. */
export function pipelineStatusScreen(status: PipelineStatus, canvas: Canvas): string {
  const { good, warning, bad, faint } = paint(canvas)
  if (status.state === 'never')
    return [
      `${visible(status.job)} has not run.  ops pipeline run starts it.`,
      ...historyLines(status, canvas),
    ].join('\n')
  const mood = { running: warning, succeeded: good, failed: bad }[status.state]
  const when = (text: string) => both(new Date(text), canvas.now, canvas.timeZone)
  const known: (readonly [string, string])[] = [
    ...(status.startedAt === null ? [] : [['Started', when(status.startedAt)] as const]),
    ...(status.finishedAt === null ? [] : [['Finished', when(status.finishedAt)] as const]),
    ...(status.exitCode === null ? [] : [['Exit code', status.exitCode.toString()] as const]),
    ...(status.seconds === null
      ? []
      : [
          [
            status.state === 'running' ? 'Running for' : 'Took',
            `${duration(status.seconds)} (baseline ${duration(status.baselineSeconds ?? 0)})`,
          ] as const,
        ]),
    ['Container', status.container ?? ''],
  ]
  return [
    `${visible(status.job)}  ${mood(status.state)}`,
    facts(known),
    ...stepTable(status.steps, canvas),
    ...historyLines(status, canvas),
    ...findingLines(status, canvas),
    '',
    ...status.lastLines.map((line) => faint(visible(line))),
  ].join('\n')
}

/** How long the last runs took, the oldest first, and how they ended. */
function historyLines({ history }: PipelineStatus, { timeZone }: Canvas): readonly string[] {
  const [newest] = history
  const oldest = history.at(-1)
  if (!newest || !oldest || history.length < 2) return []
  const inOrder = history.toReversed()
  const times = inOrder.map(({ seconds }) => seconds)
  const failed = history.filter(({ exitCode }) => exitCode !== 0).length
  const middle = median(times) ?? 0
  const text = [
    `${sparkline(times, 0, Math.max(...times))} the last ${history.length.toString()} since ${absolute(new Date(oldest.startedAt), timeZone)}`,
    `middle ${duration(middle)}`,
    ...(failed === 0 ? [] : [`${failed.toString()} failed`]),
  ].join(', ')
  return ['', facts([['Runs', text]])]
}

function findingLines({ findings }: PipelineStatus, canvas: Canvas): readonly string[] {
  const { warning, bad } = paint(canvas)
  return findings
    .filter(({ severity }) => severity !== 'ok')
    .map(({ severity, says, because }) => {
      const mood = severity === 'fail' ? bad : warning
      const why = because === '' ? '' : ` (${because})`
      return `${mood(severity.padEnd(7))}  ${visible(says + why)}`
    })
}

function stepTable(steps: readonly MeasuredStep[], canvas: Canvas): readonly string[] {
  if (steps.length === 0) return []
  const { warning } = paint(canvas)
  const rows = steps.map(({ number, of, title, seconds, baselineSeconds, slower, late }) => [
    `${number.toString()}/${of.toString()}`,
    title,
    seconds === undefined ? 'not ended' : `${seconds.toFixed(2)} s`,
    baselineSeconds === undefined ? '' : `${baselineSeconds.toString()} s`,
    late ? 'too slow' : slower ? 'slower' : '',
  ])
  const columns = [
    { title: 'STEP' },
    { title: '' },
    { title: 'TOOK', align: 'right' as const },
    { title: 'BASELINE', align: 'right' as const },
    { title: '', paint: (padded: string) => warning(padded) },
  ]
  return ['', table(columns, rows, canvas)]
}
