import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import type { Parser } from 'csv-parse'
import { Failure } from '../../domain/failure.js'
import type { CsvFiles, CsvForm, CsvRow } from '../../ports/csv.js'
import { decoded } from './decoded.js'

/** What the parser hands out for each row. */
interface Parsed {
  readonly record: readonly string[]
  /** Empty lines that were passed over before it. */
  readonly info: { readonly empty_lines: number }
}

/** Characters of the longest row: what is longer has a quote that never closes, or another delimiter. */
const longestRow = 4_000_000

/** Files of this machine. The parser is loaded when the first of them is read. */
export const machineCsvFiles: CsvFiles = {
  async *rows(path, form, signal) {
    await requireFile(path, form)
    const { parse } = await import('csv-parse')
    const parser = parse({
      delimiter: form.delimiter,
      // Left to itself the parser takes the end of the first line for that of every other one.
      record_delimiter: ['\r\n', '\n', '\r'],
      info: true,
      // How many values a row has to have is for its reader to say.
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: longestRow,
    })
    const bytes = createReadStream(path, { signal })
    pipeline(
      bytes,
      (source) => decoded(source, form.encoding, path),
      parser,
      () => undefined,
    )
    try {
      yield* rowsOf(parser)
    } catch (error) {
      signal.throwIfAborted()
      throw csvFailure(path, form, error)
    } finally {
      bytes.destroy()
      parser.destroy()
    }
  },
}

/** A pipe is gone once it was read, and a comparison reads more than once; opening one may wait for ever. */
async function requireFile(path: string, form: CsvForm): Promise<void> {
  const facts = await stat(path).catch((error: unknown) => {
    throw csvFailure(path, form, error)
  })
  if (facts.isFile()) return
  throw new Failure(
    'environment',
    'CSV_UNREADABLE',
    `${path} is no regular file, and it is read more than once`,
    ['cat PIPE > FILE   (write it into a file first)'],
  )
}

async function* rowsOf(parser: Parser): AsyncGenerator<CsvRow> {
  // The parser counts lines as well, but twice those that end in two characters within a quote.
  let line = 1
  for await (const { record, info } of parser as AsyncIterable<Parsed>) {
    yield { line: line + info.empty_lines, values: record }
    line += 1 + breaksIn(record)
  }
}

function breaksIn(values: readonly string[]): number {
  return values.reduce((sum, value) => sum + (value.match(/\r\n|\n|\r/g)?.length ?? 0), 0)
}

/** What the parser says quotes the row: its code and the line are passed on. */
function csvFailure(path: string, { delimiter }: CsvForm, error: unknown): unknown {
  if (error instanceof Failure || !(error instanceof Error)) return error
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT')
    return new Failure('not-found', 'CSV_NOT_FOUND', `there is no file ${path}`, [`ls -l ${path}`])
  if (code !== undefined && /^(CSV|INVALID)_/.test(code)) {
    const { lines } = error as Error & { readonly lines?: number }
    const where = lines === undefined ? '' : `, near line ${lines.toString()}`
    return new Failure(
      'integrity',
      'CSV_MALFORMED',
      `${path} is not written as rows of values between "${delimiter}"${where} (${code}): a quote may not be closed, or stand within a value`,
      ['ops … --delimiter ";"'],
      { cause: error },
    )
  }
  const why = code === undefined ? error.message : code
  return new Failure(
    'environment',
    'CSV_UNREADABLE',
    `${path} cannot be read: ${why}`,
    [`ls -l ${path}`],
    { cause: error },
  )
}
