import stringWidth from 'string-width'
import type { CheckedData, SeenNamespace } from '../procedures/data/checkData.js'
import type { Canvas } from './canvas.js'
import { differingLines } from './csvRows.js'
import { findingLines, heading, screenColumns } from './findingLines.js'
import { count, counted } from './format/bytes.js'
import { visible } from './format/visible.js'
import { broken } from './table.js'

/** The verdict, each finding with what to type, and of a single collection what its documents are made of. */
export function dataScreen(checked: CheckedData, canvas: Canvas): string {
  const { verdict, checks, namespaces, csv, target } = checked
  const columns = screenColumns(canvas)
  const names = new Set(checks.map(({ namespace }) => namespace))
  const groups = [...names].flatMap((name) => [
    '',
    visible(name),
    ...checks
      .filter(({ namespace }) => namespace === name)
      .flatMap((finding) => findingLines(finding, canvas)),
  ])
  const [only, ...others] = namespaces
  return [
    `${heading(verdict, canvas)}  ${visible(target)}, ${counted(checks.length, 'check')}`,
    ...groups,
    ...(only && others.length === 0 ? structureLines(only, columns) : []),
    ...(csv ? differingLines(csv) : []),
  ].join('\n')
}

function structureLines({ structure, indexes }: SeenNamespace, columns: number): readonly string[] {
  if (!structure || structure.sampled === 0) return []
  const { sampled, paths, isCut } = structure
  const rows = paths.map(({ path, documents, types }): readonly [string, string] => [
    visible(path),
    `${shareText(documents, sampled).padStart(5)}  ${typesText(types)}`,
  ])
  const width = Math.max(...rows.map(([path]) => stringWidth(path)))
  const fits = rows.every(([, text]) => width + 4 + stringWidth(text) <= columns)
  return [
    '',
    ...broken(`Fields, in ${counted(sampled, 'document')} chosen at random`, columns),
    ...rows.flatMap(([path, text]) =>
      fits
        ? [`  ${path}${' '.repeat(width - stringWidth(path))}  ${text}`]
        : [`  ${path}`, `    ${text.trimStart()}`],
    ),
    ...(isCut ? ['  … and more: names that are values?'] : []),
    '',
    'Indexes',
    ...indexes.flatMap(({ key }) => {
      const fields = Object.entries(key).map(([field, kind]) =>
        kind === 1 ? field : `${field}:${String(kind)}`,
      )
      return [`  ${visible(fields.join(','))}`]
    }),
  ]
}

/** Seldom is not never: what is not zero is not shown as such, and what is not all not as all. */
function shareText(part: number, all: number): string {
  if (part === all) return '100 %'
  const percent = Math.round((100 * part) / all)
  return `${count(Math.min(99, Math.max(1, percent)))} %`
}

function typesText(types: Readonly<Record<string, number>>): string {
  const sum = Object.values(types).reduce((all, one) => all + one, 0)
  const sorted = Object.entries(types).sort(([, one], [, other]) => other - one)
  if (sorted.length === 1) return sorted[0]?.[0] ?? ''
  return sorted.map(([type, met]) => `${type} ${shareText(met, sum)}`).join(', ')
}
