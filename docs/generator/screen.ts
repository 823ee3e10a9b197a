import stringWidth from 'string-width'

/** A stretch of a line that looks the same from end to end. */
export interface Span {
  readonly column: number
  readonly text: string
  readonly look: string
}

/** What was on the screen, from then on: lines as `tmux capture-pane -e` gives them. */
export interface Frame {
  readonly seconds: number
  readonly lines: readonly string[]
}

/** A line that stood in one row for a while; until the end of the recording where `until` is absent. */
export interface Standing {
  readonly row: number
  readonly line: string
  readonly from: number
  readonly until?: number
}

const colors: Readonly<Record<number, string>> = {
  30: '#6e7681',
  31: '#ff7b72',
  32: '#3fb950',
  33: '#d29922',
  34: '#58a6ff',
  35: '#bc8cff',
  36: '#39c5cf',
  37: '#c9d1d9',
  90: '#8b949e',
}

const escape = /\u001b\[([\d;]*)m|\u001b\[[\d;?]*[A-Za-z]|\u001b\][^\u0007]*\u0007|\u000e|\u000f/g

/** A line with its escape sequences as spans. */
export function spansOf(line: string): readonly Span[] {
  const spans: Span[] = []
  let look = new Map<string, string>()
  let column = 0
  let at = 0
  const take = (text: string) => {
    if (text.trim() !== '') spans.push({ column, text, look: [...look.values()].join(' ') })
    column += stringWidth(text)
  }
  for (const found of line.matchAll(escape)) {
    take(line.slice(at, found.index))
    at = found.index + found[0].length
    if (found[1] !== undefined) look = looked(look, found[1])
  }
  take(line.slice(at))
  return spans
}

/** How text looks after an SGR sequence. */
function looked(before: ReadonlyMap<string, string>, parameters: string): Map<string, string> {
  const look = new Map(before)
  for (const code of parameters.split(';').map(Number)) {
    const color = colors[code]
    if (code === 0) look.clear()
    else if (code === 1) look.set('weight', 'font-weight="bold"')
    else if (code === 2) look.set('weight', 'opacity="0.6"')
    else if (code === 22) look.delete('weight')
    else if (code === 39) look.delete('color')
    else if (color !== undefined) look.set('color', `fill="${color}"`)
  }
  return look
}

/** What stood where and for how long: a line that does not change between frames is one thing. */
export function standings(frames: readonly Frame[]): readonly Standing[] {
  const rows = Math.max(0, ...frames.map(({ lines }) => lines.length))
  return Array.from({ length: rows }, (_, row) => inRow(row, frames)).flat()
}

function inRow(row: number, frames: readonly Frame[]): readonly Standing[] {
  const found: Standing[] = []
  for (const { seconds, lines } of frames) {
    const line = lines[row] ?? ''
    const last = found.at(-1)
    if (last?.line === line) continue
    if (last) found.splice(-1, 1, { ...last, until: seconds })
    found.push({ row, line, from: seconds })
  }
  return found.filter(({ line }) => spansOf(line).length > 0)
}
