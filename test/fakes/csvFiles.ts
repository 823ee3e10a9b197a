import { Failure } from '../../src/domain/failure.js'
import type { CsvFiles, CsvForm, CsvRow } from '../../src/ports/csv.js'

/** Files of rows in memory, one row a line. */
export class FakeCsvFiles implements CsvFiles {
  readonly files = new Map<string, readonly (readonly string[])[]>()
  /** Readings of a file. */
  readings = 0

  async *rows(path: string, _form: CsvForm, signal: AbortSignal): AsyncIterable<CsvRow> {
    this.readings += 1
    const rows = this.files.get(path)
    if (!rows) throw new Failure('not-found', 'CSV_NOT_FOUND', `there is no file ${path}`, [])
    for (const [index, values] of rows.entries()) {
      signal.throwIfAborted()
      yield await Promise.resolve({ line: index + 1, values })
    }
  }
}
