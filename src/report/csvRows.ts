import { shortId } from '../domain/shortId.js'
import type { CheckedData } from '../procedures/data/checkData.js'
import { visible } from './format/visible.js'

/** Rows that are not what is stored, one by one: line, `_id`, fields; and where somebody asked for them, both values. */
export function differingLines({
  differing,
  missing,
  extra,
}: NonNullable<CheckedData['csv']>): readonly string[] {
  const rows = differing.examples.flatMap(({ line, id, paths, values }) => [
    `  line ${line.toString()}, _id ${visible(shortId(id))}`,
    ...(values
      ? values.map(
          ({ path, file, stored }) =>
            `    ${visible(path)}: "${visible(file)}" in the file, "${visible(stored)}" stored`,
        )
      : paths.map((path) => `    ${visible(path)}`)),
  ])
  const keyed = [
    ...missing.examples.flatMap(({ line, key }) =>
      key ? [`  line ${line.toString()}, not in the database: ${keyText(key)}`] : [],
    ),
    ...extra.examples.flatMap(({ id, key }) =>
      key ? [`  _id ${visible(shortId(id))}, not in the file: ${keyText(key)}`] : [],
    ),
  ]
  return rows.length + keyed.length === 0 ? [] : ['', 'Some of them', ...rows, ...keyed]
}

function keyText(key: readonly string[]): string {
  return key.map((part) => `"${visible(part)}"`).join(', ')
}
