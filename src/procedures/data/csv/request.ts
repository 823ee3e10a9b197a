import type { CsvForm } from '../../../ports/csv.js'
import type { Namespace } from '../../../ports/documents.js'

/** A field that somebody named, and the column that it is held against where he named that too. */
export interface NamedField {
  /** Dotted. */
  readonly path: string
  readonly column?: string
}

/** A file that a collection is held against. */
export interface CsvRequest {
  readonly file: string
  readonly form: CsvForm
  readonly namespace: Namespace
  /** What tells which row is which document. */
  readonly key: readonly NamedField[]
  /** Besides those that are found by their names. */
  readonly fields: readonly NamedField[]
  /** Columns that are left out. */
  readonly skipped: readonly string[]
  /** Whether what loaders clean does not count: upper case, spaces, commas at either end, more than two decimals, copies of rows. */
  readonly loosely: boolean
  /** Whether examples may hold values. */
  readonly showValues: boolean
}
