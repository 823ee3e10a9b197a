import wrapAnsi from 'wrap-ansi'

/** Control sequences of a terminal (ECMA-48). */
const clearLine = '\u001b[2K'
const up = (lines: number) => (lines === 0 ? '' : `\u001b[${lines.toString()}A`)

/** Hides the cursor, and shows it again. */
export const hideCursor = '\u001b[?25l'
export const showCursor = '\u001b[?25h'

/** Empties the screen, for drawing it anew. */
export const clearScreen = '\u001b[2J\u001b[H'

/** How large a terminal is. */
interface ScreenSize {
  readonly columns: number
  readonly rows: number
}

/**
 * A text as the lines that a terminal of that size shows: long ones are broken, and what does not fit is left out at the end, for
 * what has scrolled away cannot be drawn over.
 */
export function screenLines(text: string, { columns, rows }: ScreenSize): readonly string[] {
  const lines = wrapAnsi(text, columns, { hard: true, trim: false }).split('\n')
  // One row is left for the cursor.
  const most = Math.max(1, rows - 1)
  return lines.length <= most ? lines : [...lines.slice(0, most - 1), '…']
}

/**
 * What has to be written so that a terminal that shows `before`, with the cursor below it, shows `after`: lines that are the same
 * are left alone, so that nothing flickers.
 */
export function redraw(before: readonly string[], after: readonly string[]): string {
  const common = Math.min(before.length, after.length)
  const lines = Array.from({ length: Math.max(before.length, after.length) }, (_, index) => {
    const line = after[index]
    if (line === undefined) return `${clearLine}\n`
    return index < common && before[index] === line ? '\n' : `${clearLine}${line}\n`
  })
  return `${up(before.length)}\r${lines.join('')}${up(Math.max(0, before.length - after.length))}`
}
