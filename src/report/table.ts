import stringWidth from 'string-width'
import wrapAnsi from 'wrap-ansi'
import type { Canvas } from './canvas.js'
import { visible } from './format/visible.js'

/** A column: its heading, which side its cells lean to, and what colours a cell once it has its width. */
export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
  readonly paint?: (padded: string, cell: string) => string
}

/**
 * Rows under headings. For a person: aligned columns, no boxes. For a pipe: cells between tabs, the headings as well,
 * nothing cut, so that `cut -f` and `awk -F'\t'` work. Cells are made harmless here.
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  { terminal }: Pick<Canvas, 'terminal'>,
): string {
  const cells = rows.map((row) => row.map((cell) => visible(cell)))
  const titles = columns.map(({ title }) => title)
  if (!terminal) return [titles, ...cells].map((row) => row.join('\t')).join('\n')

  const widths = columns.map(({ title }, index) =>
    Math.max(stringWidth(title), ...cells.map((row) => stringWidth(row[index] ?? ''))),
  )
  const line = (row: readonly string[], painted: boolean) =>
    columns
      .map((column, index) => {
        const cell = row[index] ?? ''
        const padded = pad(cell, widths[index] ?? 0, column.align ?? 'left')
        return painted && column.paint ? column.paint(padded, cell) : padded
      })
      .join('  ')
      .trimEnd()
  return [line(titles, false), ...cells.map((row) => line(row, true))].join('\n')
}

/**
 * Labels and texts below each other, the texts aligned: `Backup    medical-…`. A label that repeats is said once. A text
 * is broken between words where it would be longer than `columns`.
 */
export function facts(
  pairs: readonly (readonly [label: string, text: string])[],
  columns = Infinity,
): string {
  const width = Math.max(0, ...pairs.map(([label]) => stringWidth(label)))
  return pairs
    .map(([label, text], index) => {
      const said = label === pairs[index - 1]?.[0] ? '' : visible(label)
      const [first = '', ...rest] = broken(visible(text), columns - width - 2)
      return [
        `${pad(said, width, 'left')}  ${first}`,
        ...rest.map((line) => `${' '.repeat(width + 2)}${line}`),
      ].join('\n')
    })
    .join('\n')
}

/** Narrowest column that text is broken for: below it, lines of single words are no help. */
const narrowest = 20

/** The lines of a text, broken between words; a word is never cut. */
export function broken(text: string, columns: number): readonly string[] {
  if (columns < narrowest || stringWidth(text) <= columns) return [text]
  return wrapAnsi(text, columns, { hard: false }).split('\n')
}

function pad(cell: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - stringWidth(cell)))
  return align === 'right' ? space + cell : cell + space
}
