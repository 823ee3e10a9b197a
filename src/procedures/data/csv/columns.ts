import type { MatchedColumn } from '../../../checks/data/csvEvidence.js'
import type { Structure } from '../../../checks/data/evidence.js'
import { quoted } from '../../../domain/quoted.js'
import { Failure } from '../../../domain/failure.js'
import { nearestName } from '../../../domain/nearest.js'
import { isValue } from './comparable.js'
import type { CsvRequest, NamedField } from './request.js'

/** A column that is held against a field, and its place in a row. */
export interface PlacedColumn extends MatchedColumn {
  readonly at: number
}

/** Which columns are held against which fields. */
export interface Columns {
  readonly key: readonly PlacedColumn[]
  /** Without those of the key. */
  readonly fields: readonly PlacedColumn[]
  readonly unmatched: readonly string[]
}

/**
 * Finds the field of each column: those that somebody named, and else the one whose name has the same letters and digits
 * (`Blood Type` and `patient_info.blood_type`), where there is a single one. Throws `CSV_COLUMN_UNKNOWN` (usage) for a column that the
 * file does not have, or has twice, and `CSV_KEY_REQUIRED` (usage) without a key. Quotes no first row that is none of headings.
 */
export function columnsOf(
  headings: readonly string[],
  { paths }: Structure,
  { key, fields, skipped }: Pick<CsvRequest, 'key' | 'fields' | 'skipped'>,
): Columns {
  if (key.length === 0)
    throw new Failure(
      'usage',
      'CSV_KEY_REQUIRED',
      'what tells which row is which document? Name the fields of it with --key',
      [`ops … --key PATH=${exampleOf(headings)}`],
    )
  const keyed = key.map((field) => named(field, headings))
  const others = fields.map((field) => named(field, headings))
  for (const column of skipped) placeOf(column, headings)
  const taken = new Set([...keyed, ...others].map(({ column }) => column))
  const used = new Set([...keyed, ...others].map(({ path }) => path))
  const leaves = paths.filter(({ path, types }) => !/[[\]]/.test(path) && !('object' in types))
  const found: PlacedColumn[] = []
  const unmatched: string[] = []
  for (const column of headings) {
    if (taken.has(column) || skipped.includes(column)) continue
    const alike = leaves.filter(({ path }) => !used.has(path) && isCalled(path, column))
    const [only] = alike
    if (only && alike.length === 1) {
      found.push({ column, path: only.path, at: placeOf(column, headings) })
    } else unmatched.push(column)
  }
  return { key: keyed, fields: [...others, ...found], unmatched }
}

function named({ path, column }: NamedField, headings: readonly string[]): PlacedColumn {
  if (column !== undefined) return { path, column, at: placeOf(column, headings) }
  const alike = headings.filter((heading) => isCalled(path, heading))
  const [only] = alike
  if (only !== undefined && alike.length === 1)
    return { path, column: only, at: placeOf(only, headings) }
  throw unknownColumn(`no single column is called like ${path}`, headings, `${path}=`)
}

function placeOf(column: string, headings: readonly string[]): number {
  const at = headings.indexOf(column)
  if (at < 0) {
    const meant = nearestName(column, quotable(headings))
    const hint = meant === undefined ? '' : `; did you mean "${meant}"?`
    throw unknownColumn(`there is no column "${column}"${hint}`, headings, 'PATH=')
  }
  if (headings.indexOf(column, at + 1) >= 0)
    throw unknownColumn(`there is more than one column "${column}"`, headings, 'PATH=')
  return at
}

function unknownColumn(says: string, headings: readonly string[], before: string): Failure {
  const shown = quotable(headings)
  const told =
    shown.length > 0
      ? `the file has: ${shown.join(', ')}`
      : 'its first row is not shown: it holds values where headings should be'
  return new Failure('usage', 'CSV_COLUMN_UNKNOWN', `${says} (${told})`, [
    `--field ${before}${exampleOf(headings)}`,
    'ops … --delimiter ";"',
  ])
}

/** Headings that may be shown; none where the first row is one of values, which may be those of a patient. */
function quotable(headings: readonly string[]): readonly string[] {
  return headings.some(isValue) ? [] : headings
}

/** For a shell, whatever somebody wrote into the file. */
function exampleOf(headings: readonly string[]): string {
  return quoted(quotable(headings)[0] ?? 'COLUMN')
}

/** By letters and digits alone; the last part of the path will do. */
function isCalled(path: string, column: string): boolean {
  const name = plain(column)
  return name !== '' && (plain(path) === name || plain(path.split('.').at(-1) ?? '') === name)
}

function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')
}
