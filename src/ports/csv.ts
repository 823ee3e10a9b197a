/** How a file of values between delimiters is written. */
export interface CsvForm {
  /** Between two values: one character. */
  readonly delimiter: string
  /** Name of its encoding, as the web has it (`utf-8`, `windows-1252`, `utf-16le`). */
  readonly encoding: string
}

/** A row of such a file. */
export interface CsvRow {
  /** The line that it begins on; the first is 1. */
  readonly line: number
  readonly values: readonly string[]
}

/**
 * Files of values between delimiters (RFC 4180). Throws `CSV_NOT_FOUND` (not-found), `CSV_UNREADABLE` (environment), `CSV_MALFORMED`
 * (integrity), the signal's reason. None of them quotes a value.
 */
export interface CsvFiles {
  /** Every row, the headings first; empty lines are passed over. Read on only as fast as it is read. */
  rows(path: string, form: CsvForm, signal: AbortSignal): AsyncIterable<CsvRow>
}
