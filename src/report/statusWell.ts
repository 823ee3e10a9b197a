import stringWidth from 'string-width'
import type { Canvas } from './canvas.js'
import { bytes } from './format/bytes.js'
import { duration } from './format/durations.js'
import { memoryLine, processorLine } from './format/sparkline.js'
import { relative } from './format/times.js'
import { visible } from './format/visible.js'
import type { DrawnService, DrawnStatus } from './statusDrawn.js'
import { nextText, servicesText } from './statusRows.js'
import { facts } from './table.js'

/** What a status says below its verdict where all is well: two lines, cut to what fits, the most important first. */
export function wellLines(status: DrawnStatus, canvas: Canvas): readonly string[] {
  const { services } = status
  const first =
    services.length === 0
      ? (['Disk', fitting(diskParts(status), canvas)] as const)
      : ([
          'Services',
          fitting([servicesText(services), ...useParts(services, canvas)], canvas),
        ] as const)
  const second = ['Backup', fitting(backupParts(status, canvas), canvas)] as const
  return facts([first, second]).split('\n')
}

/** Columns that the longer label takes, and what parts it from the text. */
const labelled = 10

/** As many parts as fit into one line; the first always. */
function fitting(parts: readonly string[], { columns }: Pick<Canvas, 'columns'>): string {
  return parts.reduce((line, part) => {
    const longer = `${line}; ${part}`
    return stringWidth(longer) <= columns - labelled ? longer : line
  })
}

/** What all of them use together, and used. */
function useParts(services: readonly DrawnService[], { terminal }: Canvas): readonly string[] {
  const used = services.flatMap(({ use }) => use ?? [])
  if (used.length === 0) return []
  const looks = Math.min(...used.map(({ trend }) => trend.length))
  // The newest of each belong together: they were looked at together.
  const together = Array.from({ length: looks }, (_, index) =>
    used.map(({ trend }) => trend.at(index - looks)),
  )
  const memory = together.map((points) => sum(points.map((point) => point?.memoryBytes ?? null)))
  const processor = together.map((points) => sum(points.map((point) => point?.cpuPercent ?? null)))
  const now = processor.at(-1) ?? null
  const bars = (line: string) => (terminal && looks > 1 ? ` ${line}` : '')
  return [
    ...(now === null
      ? []
      : [`CPU ${Math.round(now).toString()} %${bars(processorLine(processor))}`]),
    `${bytes(sum(used.map(({ memoryBytes }) => memoryBytes)) ?? 0)}${bars(memoryLine(memory))}`,
  ]
}

function sum(numbers: readonly (number | null)[]): number | null {
  return numbers.reduce<number | null>(
    (total, number) => (total === null || number === null ? null : total + number),
    0,
  )
}

/** Of several targets the worst: none of them is worse than that. */
function backupParts(status: DrawnStatus, canvas: Canvas): readonly string[] {
  const { targets, next, predictedRtoSeconds, rpoSeconds } = status
  const oldest = targets
    .flatMap(({ backup }) => backup ?? [])
    .toSorted((one, other) => Date.parse(one.takenAt) - Date.parse(other.takenAt))[0]
  const places = oldest?.copies.filter(({ state }) => state === 'ok').map(({ to }) => visible(to))
  const several = targets.length > 1 ? `of ${targets.length.toString()} targets, the oldest ` : ''
  return [
    oldest
      ? `${several}${relative(new Date(oldest.takenAt), canvas.now)}, ${oldest.trust}`
      : 'none is needed',
    ...(rpoSeconds === null ? [] : [`${duration(rpoSeconds)} lost now`]),
    ...(predictedRtoSeconds === null ? [] : [`back in ${duration(predictedRtoSeconds)}`]),
    ...(targets.length > 1 || !places?.length ? [] : [`also at ${places.join(', ')}`]),
    ...(next.length === 0 ? [] : [nextText(status, canvas)]),
  ]
}

function diskParts({ disk }: DrawnStatus): readonly string[] {
  const [room] = disk
  if (!room) return ['not looked at']
  return [`${bytes(room.freeBytes)} free`, `the next backups need ${bytes(room.neededBytes)}`]
}
