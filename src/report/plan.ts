import type { Discarded } from '../domain/discarded.js'
import type { Effect } from '../procedures/plan.js'
import type { Canvas } from './canvas.js'
import { visible } from './format/visible.js'
import { paint } from './paint.js'
import { broken, facts } from './table.js'

/** What is shown of a plan: everything but how it is done. */
export interface PlanText {
  readonly command: string
  readonly target: string
  readonly title: string
  readonly facts: readonly (readonly [label: string, text: string])[]
  readonly loses: readonly string[]
  readonly discarded?: Discarded
  readonly steps: readonly { readonly title: string; readonly effect: Effect }[]
}

/** A dry run: the plan that would have been carried out. */
export interface DryRun {
  readonly dryRun: true
  readonly plan: PlanText
}

/** What is about to happen, what is lost by it, and each step; destructive steps are marked. */
export function planScreen(plan: PlanText, canvas: Canvas): string {
  const { bad } = paint(canvas)
  const columns = canvas.terminal ? canvas.columns : Infinity
  const lost = plan.loses.map((text, index): [string, string] => [
    index === 0 ? 'You lose' : '',
    text,
  ])
  const known = facts([...plan.facts, ...lost], columns - indent.length)
  const steps = plan.steps.map(({ title, effect }, index) => {
    const mark = effect === 'destroys' ? `  ${bad('destroys')}` : ''
    const number = (index + 1).toString().padStart(3)
    const [first = '', ...rest] = broken(visible(title), columns - indent.length - 5)
    return [`${number}. ${first}`, ...rest.map((line) => `     ${line}`)].join('\n') + mark
  })
  return [
    visible(plan.title),
    ...(known === '' ? [] : [indented(known)]),
    '',
    ...steps.map((step) => indented(step)),
  ].join('\n')
}

/** The same plan, each line marked so that no copy of it can be taken for something that happened. */
export function dryRunScreen({ plan }: DryRun, canvas: Canvas): string {
  return planScreen(plan, canvas)
    .split('\n')
    .map((line) => `DRY RUN  ${line}`.trimEnd())
    .join('\n')
}

/** Several of them, one below the other. */
export function dryRunsScreen(
  { dryRuns }: { readonly dryRuns: readonly DryRun[] },
  canvas: Canvas,
): string {
  return dryRuns.map((dryRun) => dryRunScreen(dryRun, canvas)).join('\n')
}

const indent = '  '

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `${indent}${line}`)
    .join('\n')
}
