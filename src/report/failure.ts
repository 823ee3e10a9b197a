import { exitCodes, type ExitKind } from '../domain/exit.js'
import type { Canvas } from './canvas.js'
import { visibleLines } from './format/visible.js'
import { paint } from './paint.js'

/** What is drawn of a failure. */
export interface FailureText {
  readonly kind: Exclude<ExitKind, 'ok'>
  readonly code: string
  readonly message: string
  readonly next: readonly string[]
  /** Where the log tells what came before it. */
  readonly log?: { readonly file: string; readonly run: string }
  /** Only with `--verbose`: the stacks. */
  readonly trail?: string
}

/** `✗ what happened`, then what to type next, then the code to look up. No stack unless asked for. */
export function failureScreen(failure: FailureText, canvas: Canvas): string {
  const { bad, faint } = paint(canvas)
  const next = failure.next.map(
    (command, index) => `  ${index === 0 ? 'Next' : '    '}  ${visibleLines(command)}`,
  )
  const code = `  Code  ${failure.code} (exit ${exitCodes[failure.kind].code.toString()})`
  return [
    `${bad('✗')} ${visibleLines(failure.message)}`,
    ...next,
    faint(code),
    ...(failure.log === undefined
      ? []
      : [faint(`  Log   ${visibleLines(failure.log.file)} (run ${failure.log.run})`)]),
    ...(failure.trail === undefined ? [] : ['', visibleLines(failure.trail)]),
  ].join('\n')
}
