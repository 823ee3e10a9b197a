import type { CsvFiles, CsvRow } from '../../../ports/csv.js'
import type { ComparedColumn, Counts } from './comparison.js'
import type { CsvRequest } from './request.js'

/**
 * The same counts with the values of the file in their examples, where somebody asked for values: rows are kept as digests, so these
 * few lines are read once more. Throws what `CsvFiles` throws.
 */
export async function withFileValues(
  counts: Counts,
  {
    key,
    fields,
  }: { readonly key: readonly ComparedColumn[]; readonly fields: readonly ComparedColumn[] },
  { file, form, showValues }: CsvRequest,
  csv: CsvFiles,
  signal: AbortSignal,
): Promise<Counts> {
  const { missing, differing } = counts
  const wanted = new Set([...missing.examples, ...differing.examples].map(({ line }) => line))
  if (!showValues || wanted.size === 0) return counts
  const rows = new Map<number, CsvRow>()
  for await (const row of csv.rows(file, form, signal)) {
    if (wanted.has(row.line)) rows.set(row.line, row)
    if (rows.size === wanted.size) break
  }
  const valueOf = (line: number, column: ComparedColumn | undefined) =>
    rows.get(line)?.values[column?.at ?? -1] ?? ''
  return {
    ...counts,
    missing: {
      ...missing,
      examples: missing.examples.map(({ line }) => ({
        line,
        key: key.map((column) => valueOf(line, column)),
      })),
    },
    differing: {
      ...differing,
      examples: differing.examples.map((row) => ({
        ...row,
        values: (row.values ?? []).map((both) => ({
          ...both,
          file: valueOf(
            row.line,
            fields.find(({ path }) => path === both.path),
          ),
        })),
      })),
    },
  }
}
