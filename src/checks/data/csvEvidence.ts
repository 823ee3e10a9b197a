/** A column of a file, and the field that it is held against. */
export interface MatchedColumn {
  readonly column: string
  /** Dotted. */
  readonly path: string
}

/** What a field is on both sides, as text; only where somebody asked for values. */
export interface BothValues {
  readonly path: string
  readonly file: string
  readonly stored: string
}

/** A row whose fields are not those of its document. */
export interface DifferingRow {
  readonly line: number
  /** Extended JSON. */
  readonly id: string
  readonly paths: readonly string[]
  readonly values?: readonly BothValues[]
}

/** What a file and a collection have in common, and what they do not. Examples are few, and hold values only where asked for. */
export interface CsvComparison {
  readonly file: string
  readonly namespace: string
  readonly key: readonly MatchedColumn[]
  readonly fields: readonly MatchedColumn[]
  /** Columns that no field was found for, and that nobody said are to be left out. */
  readonly unmatched: readonly string[]
  readonly rows: number
  readonly documents: number
  /** Rows with another number of values than there are headings. */
  readonly malformed: { readonly rows: number; readonly lines: readonly number[] }
  /** Rows that say the same as an earlier one, and are left out; only where they do not count. */
  readonly copies: number
  /** Whose whole key is empty: they cannot be found on the other side. */
  readonly rowsWithoutKey: number
  readonly documentsWithoutKey: number
  /** Rows whose key no document has. */
  readonly missing: {
    readonly rows: number
    readonly examples: readonly { readonly line: number; readonly key?: readonly string[] }[]
  }
  /** Documents whose key no row has. */
  readonly extra: {
    readonly documents: number
    readonly examples: readonly { readonly id: string; readonly key?: readonly string[] }[]
  }
  /** Keys that both sides have, but not equally often. */
  readonly uneven: { readonly keys: number; readonly lines: readonly number[] }
  /** Keys that more than one row has, and as many documents. */
  readonly repeated: number
  /** Rows that do not say the same as their documents; by field how many. */
  readonly differing: {
    readonly rows: number
    readonly paths: Readonly<Record<string, number>>
    readonly examples: readonly DifferingRow[]
  }
}
