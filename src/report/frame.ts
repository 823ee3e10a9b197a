/** Escape sequences of terminals (ECMA-48; the last two are "synchronized output", which others pass over). */
const escape = {
  home: '\u001b[H',
  clear: '\u001b[2J',
  restOfLine: '\u001b[K',
  below: '\u001b[J',
  hide: '\u001b[?25l',
  show: '\u001b[?25h',
  begin: '\u001b[?2026h',
  end: '\u001b[?2026l',
}

/** Before the first frame, and after the last. */
export const frames = { open: escape.hide + escape.clear, close: escape.show }

/**
 * A screen over the one before it, in one piece: nothing is cleared before it is written over, so nothing flickers. What the
 * terminal has no row for is counted.
 */
export function frame(text: string, rows: number): string {
  const lines = text.split('\n')
  const room = Math.max(1, rows - 1)
  const shown =
    lines.length <= room
      ? lines
      : [...lines.slice(0, room - 1), `… ${(lines.length - room + 1).toString()} lines more`]
  const body = shown.map((line) => line + escape.restOfLine).join('\n')
  return [escape.begin, escape.home, body, escape.below, escape.end].join('')
}
