import type { ShownJob, ShownRun } from '../procedures/schedule/overview.js'
import type { Canvas } from './canvas.js'
import { cronWords } from './cronWords.js'
import { duration } from './format/durations.js'
import { both } from './format/times.js'
import { visible, visibleLines } from './format/visible.js'
import { paint } from './paint.js'
import { facts } from './table.js'

/** What `install` and `remove` change. */
export interface ScheduleChangesText {
  readonly dryRun: boolean
  readonly command: string
  readonly stack: string
  readonly changes: readonly {
    readonly action: 'write' | 'replace' | 'remove'
    readonly path: string
    readonly text?: string
  }[]
  readonly activated: readonly string[]
  readonly next: readonly string[]
}

/** A schedule as `show` has it. */
export interface ScheduleText {
  readonly file: string
  readonly timeZone: string
  readonly deadman: boolean
  readonly scheduler: string | null
  readonly jobs: readonly ShownJob[]
  readonly doubled: readonly string[]
}

/** Every text that is about to be written, whole, and what else happens. */
export function scheduleChangesScreen(
  { changes, activated }: Pick<ScheduleChangesText, 'changes' | 'activated'>,
  canvas: Canvas,
): string {
  const { faint } = paint(canvas)
  return [
    ...changes.flatMap(({ action, path, text }) => [
      `${action} ${visible(path)}`,
      ...(text === undefined ? [] : [faint(indented(visibleLines(text.trimEnd())))]),
    ]),
    ...(activated.length > 0 ? [`activate ${activated.join(', ')}`] : []),
  ].join('\n')
}

/** What was changed; for a dry run what would be. */
export function scheduleChangedScreen(result: ScheduleChangesText, canvas: Canvas): string {
  const { changes, activated, next, command, dryRun, stack } = result
  if (changes.length === 0 && activated.length === 0) {
    return command === 'schedule remove'
      ? `Nothing is installed for ${visible(stack)}.`
      : `Everything is installed as ${visible(stack)} has it.`
  }
  if (dryRun) {
    return scheduleChangesScreen(result, canvas)
      .split('\n')
      .map((line) => `DRY RUN  ${line}`.trimEnd())
      .join('\n')
  }
  const { good } = paint(canvas)
  const done = { write: 'written', replace: 'replaced', remove: 'removed' }
  return [
    ...changes.map(({ action, path }) => `${good('✔')} ${visible(path)} ${done[action]}`),
    ...activated.map((timer) => `${good('✔')} ${timer} is in service`),
    ...next.map((line, index) => `  ${index === 0 ? 'Next' : '    '}  ${visible(line)}`),
  ].join('\n')
}

/** When everything runs next, how it ran last, and whether it is installed as it should be. */
export function scheduleScreen(schedule: ScheduleText, canvas: Canvas): string {
  const { bad } = paint(canvas)
  const { jobs, scheduler, doubled, file, timeZone, deadman } = schedule
  if (jobs.length === 0) return `${visible(file)} schedules nothing.`
  return [
    ...jobs.map((job) => jobText(job, scheduler, timeZone, canvas)),
    ...(doubled.length > 0
      ? [
          `${bad('Runs twice')}: also installed in ${doubled.map((path) => visible(path)).join(', ')}`,
        ]
      : []),
    facts([
      ['Time zone', timeZone],
      ["Dead man's switch", deadman ? 'told of every backup' : 'none (notify.deadman)'],
    ]),
  ].join('\n\n')
}

function jobText(
  job: ShownJob,
  scheduler: string | null,
  timeZone: string,
  canvas: Canvas,
): string {
  const when = (text: string) => both(new Date(text), canvas.now, canvas.timeZone ?? timeZone)
  const { cron, randomDelaySeconds: delay = 0, last, next } = job
  const words =
    cron === undefined
      ? 'no longer in ops.yaml'
      : `${cronWords(cron)}${delay > 0 ? `, up to ${duration(delay)} later` : ''}`
  return [
    `${job.job}  ${stateWord(job, scheduler, canvas)}`,
    facts([
      ['When', words],
      ...(cron === undefined ? [] : [['Cron', cron] as const]),
      ['Runs', job.command],
      ...next.map((time) => ['Next', when(time)] as const),
      ['Last', last ? lastText(last, when) : 'no scheduled run is recorded'],
      ...job.paths.map((path) => ['Installed', path] as const),
    ]),
  ].join('\n')
}

function stateWord({ state }: ShownJob, scheduler: string | null, canvas: Canvas): string {
  const { good, warning, bad } = paint(canvas)
  switch (state) {
    case 'installed':
      return good(`installed (${scheduler ?? ''})`)
    case 'outdated':
      return warning('installed, but not as ops.yaml has it: ops schedule install')
    case 'edited':
      return warning('installed, and edited since')
    case 'inactive':
      return bad('installed, but its timer is not in service: ops schedule install')
    case 'absent':
      return bad('not installed: ops schedule install')
  }
}

function lastText(run: ShownRun, when: (text: string) => string): string {
  const { outcome, startedAt, finishedAt, exitCode, failure, tries = 1, deadman } = run
  const seconds =
    finishedAt === undefined ? undefined : (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000
  return [
    `${outcome} ${when(startedAt)}`,
    ...(seconds === undefined ? [] : [`in ${duration(seconds)}`]),
    ...(tries > 1 ? [`after ${tries.toString()} tries`] : []),
    ...(failure
      ? [`exit code ${(exitCode ?? 1).toString()}, ${failure.code}: ${failure.message}`]
      : []),
    ...(deadman === 'untold' ? ["the dead man's switch was not reached"] : []),
  ].join(', ')
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`.trimEnd())
    .join('\n')
}
