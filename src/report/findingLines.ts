import type { Finding } from '../domain/finding.js'
import type { Canvas } from './canvas.js'
import { visible } from './format/visible.js'
import { paint } from './paint.js'
import { broken } from './table.js'

const verdicts = { ok: 'GOOD', warn: 'ATTENTION', fail: 'FAILING' } as const

/** Columns where nobody said how many there are: what is piped to a person by mail is read there too. */
const usualColumns = 80

/** Columns that text is broken for. */
export function screenColumns({ terminal, columns }: Canvas): number {
  return terminal ? columns : usualColumns
}

/** A verdict in a word. */
export function heading(verdict: keyof typeof verdicts, canvas: Canvas): string {
  const { good, warning, bad } = paint(canvas)
  return { ok: good, warn: warning, fail: bad }[verdict](verdicts[verdict])
}

/** A finding: what is so, why where it is not good, and the first thing to type. */
export function findingLines(
  { severity, says, because, next }: Finding,
  canvas: Canvas,
): readonly string[] {
  const { good, warning, bad } = paint(canvas)
  const mood = { ok: good, warn: warning, fail: bad, unknown: warning }[severity]
  const isGood = severity === 'ok'
  const text = isGood || because === '' ? says : `${says} (${because.replaceAll('\n', '; ')})`
  const [first = '', ...rest] = broken(visible(text), screenColumns(canvas) - indent.length)
  const [command] = next
  return [
    `  ${mood(severity.padEnd(7))}  ${first}`,
    ...rest.map((line) => `${indent}${line}`),
    ...(isGood || command === undefined ? [] : [`${indent}→ ${visible(command)}`]),
  ]
}

const indent = ' '.repeat(11)
