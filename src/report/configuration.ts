import type { Canvas } from './canvas.js'
import { counted } from './format/bytes.js'
import { visible } from './format/visible.js'
import { paint } from './paint.js'
import { facts } from './table.js'

/** A configuration that holds. */
export function configCheckScreen(
  { file, targets }: { readonly file: string; readonly targets: readonly string[] },
  canvas: Canvas,
): string {
  const { good } = paint(canvas)
  const names = targets.length === 0 ? '' : `: ${targets.join(', ')}`
  return `${good('✔')} ${visible(file)} is valid, ${counted(targets.length, 'target')}${visible(names)}`
}

/** Which file is read, and where ops keeps its own. */
export function configPathScreen(paths: {
  readonly file: string
  readonly because: string
  readonly state: string
  readonly stateBecause: string | null
  readonly log: string
  readonly logBecause: string | null
}): string {
  return facts([
    ['Configuration', `${paths.file} (${paths.because})`],
    ['State', `${paths.state} (${paths.stateBecause ?? 'default'})`],
    ['Log', `${paths.log} (${paths.logBecause ?? 'default'})`],
  ])
}

/** A configuration file that was written, or would be. */
export function initScreen(
  result: {
    readonly file: string
    readonly written: boolean
    readonly keptAs: string | null
    readonly notes: readonly string[]
    readonly text: string
  },
  canvas: Canvas,
): string {
  if (!result.written) return result.text.trimEnd()
  const { good } = paint(canvas)
  return [
    `${good('✔')} ${visible(result.file)} written`,
    ...(result.keptAs === null ? [] : [`  What was there before: ${visible(result.keptAs)}`]),
    ...result.notes.map((note) => `  ${visible(note)}`),
    '  Next  ops doctor',
    '        ops backup',
  ].join('\n')
}
