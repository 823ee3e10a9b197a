import { deserialize, EJSON } from 'bson'
import type { CsvComparison } from '../../../checks/data/csvEvidence.js'
import type { CsvRow } from '../../../ports/csv.js'
import type { PlacedColumn } from './columns.js'
import {
  comparableText,
  comparableValue,
  plainForm,
  valueAt,
  type FieldForm,
} from './comparable.js'
import { digestsOf } from './digests.js'
import type { CsvRequest } from './request.js'
import { RowTable } from './rowTable.js'

/** A column, the field that it is held against, and how its text is understood. */
export interface ComparedColumn extends PlacedColumn {
  readonly parts: readonly string[]
  readonly form: FieldForm
}

/** What is compared, and in how many readings. */
export interface ComparedParts {
  readonly key: readonly ComparedColumn[]
  readonly fields: readonly ComparedColumn[]
  /** Values that a row has to have. */
  readonly width: number
  readonly passes: number
  readonly mostBytes: number
}

/** What was counted; everything but what the columns are. */
export type Counts = Omit<CsvComparison, 'file' | 'namespace' | 'key' | 'fields' | 'unmatched'>

/** Lines and documents that are named: enough to look at. */
const shown = 5

/** So many readings are worth knowing every copy: rows that share one key stay together in however many there are. */
const enoughPasses = 16

/** Changing counts. */
type Open<Part> = { -readonly [Name in keyof Part]: Open<Part[Name]> }

/** Rows and documents, held against each other in one reading or in several; each reading takes its share of the keys. */
export class Comparison {
  #table: RowTable
  /** Rows as a whole, where copies of them do not count. */
  #said: RowTable
  #pass = 0
  readonly #counts: Open<Counts> = {
    rows: 0,
    documents: 0,
    malformed: { rows: 0, lines: [] },
    copies: 0,
    rowsWithoutKey: 0,
    documentsWithoutKey: 0,
    missing: { rows: 0, examples: [] },
    extra: { documents: 0, examples: [] },
    uneven: { keys: 0, lines: [] },
    repeated: 0,
    differing: { rows: 0, paths: {}, examples: [] },
  }
  /** Rows that differ as long as no other document of their key comes. */
  #suspects: Open<Counts['differing']['examples'][number]>[] = []

  constructor(
    private readonly parts: ComparedParts,
    private readonly request: Pick<CsvRequest, 'showValues' | 'loosely'>,
  ) {
    ;[this.#table, this.#said] = this.#empty()
  }

  /** Begins a reading. */
  begin(pass: number): void {
    this.#pass = pass
    ;[this.#table, this.#said] = this.#empty()
    this.#suspects = []
  }

  /** Takes a row of the file in; false where there is no room for it. */
  row({ line, values }: CsvRow): boolean {
    const counts = this.#counts
    const isFirst = this.#pass === 0
    if (isFirst) counts.rows += 1
    if (values.length !== this.parts.width) {
      if (isFirst) counts.malformed.rows += 1
      if (isFirst && counts.malformed.lines.length < shown) counts.malformed.lines.push(line)
      return true
    }
    const text = ({ at, form }: ComparedColumn) => comparableText(values[at] ?? '', form)
    const digests = digestsOf(this.parts.key.map(text), this.parts.fields.map(text))
    if (!digests && isFirst) counts.rowsWithoutKey += 1
    if (!digests || this.#isOfAnotherPass(digests.key[1])) return true
    if (this.request.loosely) {
      const [first, second, third] = digests.key
      const whole = [digests.row, first, second, third] as const
      if (this.#said.has(whole) || this.#table.holds(digests.key, digests.row)) {
        counts.copies += 1
        return true
      }
      if (!this.#said.add(whole, line, 0, []) && this.parts.passes < enoughPasses) return false
    }
    return this.#table.add(digests.key, line, digests.row, digests.fields)
  }

  /** Takes a document in, which holds `_id` and what is compared. */
  document(raw: Uint8Array): void {
    const counts = this.#counts
    if (this.#pass === 0) counts.documents += 1
    const document: unknown = deserialize(raw, {
      promoteValues: false,
      bsonRegExp: true,
      // One text that is no UTF-8 differs; it does not end the comparison.
      validation: { utf8: false },
    })
    const text = ({ parts, form }: ComparedColumn) =>
      comparableValue(valueAt(document, parts), form)
    const digests = digestsOf(this.parts.key.map(text), this.parts.fields.map(text))
    if (!digests && this.#pass === 0) counts.documentsWithoutKey += 1
    if (!digests || this.#isOfAnotherPass(digests.key[1])) return
    const met = this.#table.take(digests.key, digests.row, digests.fields)
    const plain = (path: readonly string[]) => comparableValue(valueAt(document, path), plainForm)
    const id = () => EJSON.stringify(valueAt(document, ['_id']), { relaxed: true })
    if (!met) {
      counts.extra.documents += 1
      if (counts.extra.examples.length < shown)
        counts.extra.examples.push({
          id: id(),
          ...(this.request.showValues
            ? { key: this.parts.key.map(({ parts }) => plain(parts)) }
            : {}),
        })
      return
    }
    if (met.inFile !== 1 || met.stored !== 1 || met.differing.length === 0) return
    if (this.#suspects.length >= shown) return
    const columns = met.differing.flatMap((field) => this.parts.fields[field] ?? [])
    const values = columns.map(({ path, parts }) => ({ path, file: '', stored: plain(parts) }))
    this.#suspects.push({
      line: met.line,
      id: id(),
      paths: columns.map(({ path }) => path),
      ...(this.request.showValues ? { values } : {}),
    })
  }

  /** Ends a reading: what was in the file alone, and what differs. */
  end(): void {
    const { missing, uneven, differing } = this.#counts
    const uncertain = new Set<number>()
    for (const met of this.#table.keys()) {
      const { line, inFile, stored } = met
      if (inFile !== 1 || stored !== 1) uncertain.add(line)
      if (stored === 0) {
        missing.rows += inFile
        if (missing.examples.length < shown) missing.examples.push({ line })
      } else if (stored !== inFile) {
        uneven.keys += 1
        if (uneven.lines.length < shown) uneven.lines.push(line)
      } else {
        if (inFile > 1) this.#counts.repeated += 1
        if (met.differing.length === 0 && !met.isOther) continue
        // Of rows that share a key one at least is another one.
        differing.rows += 1
        for (const field of met.differing) {
          const path = this.parts.fields[field]?.path ?? ''
          differing.paths[path] = (differing.paths[path] ?? 0) + 1
        }
      }
    }
    const certain = this.#suspects.filter(({ line }) => !uncertain.has(line))
    differing.examples.push(...certain.slice(0, shown - differing.examples.length))
  }

  /** Everything that was counted. */
  counts(): Counts {
    return this.#counts
  }

  /** Both within the bytes there are: each row takes its place in the one and in the other. */
  #empty(): readonly [RowTable, RowTable] {
    const { fields, mostBytes } = this.parts
    const width = RowTable.bytesOf(fields.length)
    const narrow = this.request.loosely ? RowTable.bytesOf(0) : 0
    const most = (mostBytes * width) / (width + narrow)
    return [new RowTable(fields.length, most), new RowTable(0, mostBytes - most)]
  }

  #isOfAnotherPass(part: number): boolean {
    return part % this.parts.passes !== this.#pass
  }
}
