import type { Finding } from '../domain/finding.js'
import type { Canvas } from './canvas.js'
import { counted } from './format/bytes.js'
import { visible, visibleLines } from './format/visible.js'
import { paint } from './paint.js'

/** Findings and what they add up to. */
export interface DiagnosisText {
  readonly verdict: 'ok' | 'warn' | 'fail'
  readonly checks: readonly Finding[]
}

const marks = { ok: '✔', warn: '!', fail: '✗', unknown: '?' } as const
const words = { ok: 'READY', warn: 'ATTENTION', fail: 'NOT READY' } as const

/** A line for each finding; below what is not right: why, and what to type. */
export function doctorScreen({ verdict, checks }: DiagnosisText, canvas: Canvas): string {
  const { good, warning, bad } = paint(canvas)
  const moods = { ok: good, warn: warning, fail: bad, unknown: warning }
  const lines = checks.flatMap(({ severity, says, because, next }) => [
    `${moods[severity](marks[severity])} ${visible(says)}${severity === 'ok' && because !== '' ? `  (${visible(because)})` : ''}`,
    ...(severity === 'ok' || because === ''
      ? []
      : visibleLines(because)
          .split('\n')
          .map((line) => `    ${line}`)),
    ...(severity === 'ok' ? [] : next.map((command) => `    Next  ${visible(command)}`)),
  ])
  const tally = (['fail', 'warn', 'unknown'] as const)
    .map(
      (severity) => [severity, checks.filter((one) => one.severity === severity).length] as const,
    )
    .filter(([, size]) => size > 0)
    .map(([severity, size]) => `${size.toString()} ${severity}`)
  const head = `${moods[verdict](words[verdict])}  ${[counted(checks.length, 'finding'), ...tally].join(', ')}`
  return [...lines, '', head].join('\n')
}
