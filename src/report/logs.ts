import type { GroupedLogs } from '../procedures/stack/groupLogs.js'
import type { Canvas } from './canvas.js'
import { counted } from './format/bytes.js'
import { momentCell } from './format/times.js'
import { paint } from './paint.js'
import { table } from './table.js'

/** Messages that come again and again, the worst first. */
export function logPatternsScreen(
  { lines, patterns, others }: GroupedLogs,
  canvas: Canvas,
): string {
  const { good, warning, bad } = paint(canvas)
  const paintLevel = (padded: string, word: string) => {
    if (word === 'fatal' || word === 'error') return bad(padded)
    return word === 'warning' ? warning(padded) : good(padded)
  }
  const when = (moment: string | null) => (moment === null ? '' : momentCell(moment, canvas))
  const columns = [
    { title: 'COUNT', align: 'right' as const },
    { title: 'LEVEL', paint: paintLevel },
    { title: 'CONTAINER' },
    { title: 'FIRST' },
    { title: 'LAST' },
    { title: 'MESSAGE' },
  ]
  const rows = patterns.map(({ count, level, source, first, last, pattern }) => [
    count.toString(),
    level ?? '',
    source,
    when(first),
    when(last),
    pattern,
  ])
  if (!canvas.terminal) return table(columns, rows, canvas)
  if (patterns.length === 0) return 'Nothing like that was logged.'
  const rest = others === 0 ? [] : ['', `${counted(others, 'line')} more, all different`]
  const header = `${counted(lines, 'line')}, ${counted(patterns.length, 'message')}`
  return [header, '', table(columns, rows, canvas), ...rest].join('\n')
}
