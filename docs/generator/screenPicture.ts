import { spansOf, standings, type Frame, type Standing } from './screen.js'

const cell = { width: 8.4, height: 18, size: 14 }
const margin = { side: 18, top: 46, bottom: 16 }

/**
 * A recording as an SVG that plays once and needs nothing else. Where nothing can play (print, a viewer without
 * animation) it shows the last screen.
 */
export function screenPicture(title: string, columns: number, frames: readonly Frame[]): string {
  const all = standings(frames)
  const rows = Math.max(...all.map(({ row }) => row)) + 1
  const width = Math.ceil(columns * cell.width) + 2 * margin.side
  const height = rows * cell.height + margin.top + margin.bottom
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${cell.size}" role="img">`,
    `<title>${safe(title)}</title>`,
    `<rect width="${width}" height="${height}" rx="9" fill="#0d1117"/>`,
    ...['#ff5f56', '#ffbd2e', '#27c93f'].map(
      (color, index) => `<circle cx="${22 + index * 20}" cy="20" r="6" fill="${color}"/>`,
    ),
    '<g fill="#c9d1d9" xml:space="preserve">',
    ...all.map(drawn),
    '</g>',
    '</svg>',
    '',
  ].join('\n')
}

function drawn({ row, line, from, until }: Standing): string {
  const y = margin.top + row * cell.height + cell.size
  const spans = spansOf(line).map(({ column, text, look }) => {
    const lead = text.length - text.trimStart().length
    const x = Math.round((margin.side + (column + lead) * cell.width) * 10) / 10
    return `<tspan x="${x}"${look === '' ? '' : ` ${look}`}>${safe(text.trim())}</tspan>`
  })
  const [look, change] =
    until === undefined
      ? ['', from === 0 ? '' : set('hidden', 0, from)]
      : [' visibility="hidden"', set('visible', from, until - from)]
  return `<text y="${y}"${look}>${spans.join('')}${change}</text>`
}

function set(to: string, begin: number, seconds: number): string {
  const n = (value: number) => (Math.round(value * 100) / 100).toString()
  return `<set attributeName="visibility" to="${to}" begin="${n(begin)}s" dur="${n(seconds)}s"/>`
}

function safe(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
