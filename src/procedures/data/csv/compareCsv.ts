import type { CsvComparison } from '../../../checks/data/csvEvidence.js'
import type { Structure, StructurePath } from '../../../checks/data/evidence.js'
import { quoted } from '../../../domain/quoted.js'
import { Failure } from '../../../domain/failure.js'
import { nearestName } from '../../../domain/nearest.js'
import type { CsvFiles, CsvRow } from '../../../ports/csv.js'
import type { Tally } from '../../../ports/data.js'
import type { MongoSession } from '../../../ports/mongo.js'
import type { Closeness } from '../lookAtNamespace.js'
import { nameOf } from '../namespaces.js'
import { structureOf } from '../structure.js'
import { columnsOf, type PlacedColumn } from './columns.js'
import { formOf } from './comparable.js'
import { Comparison, type ComparedColumn } from './comparison.js'
import type { CsvRequest } from './request.js'
import { withFileValues } from './fileValues.js'

/** Bytes of memory that the digests of rows may take. What does not fit is compared in further readings of both sides. */
const usualBytes = 96 * 1024 * 1024

/**
 * Holds a file against a collection: reads the file, then the documents, and keeps nothing of a row but digests. Both are read as they are
 * at that time; what is written meanwhile may be seen or not. Throws what `CsvFiles` and `StoredData` throw, `CSV_EMPTY` (usage) for a
 * file without headings, `USAGE` (usage) for a key that no document has, and what `columnsOf` throws.
 */
export async function compareCsv(
  request: CsvRequest,
  session: Pick<MongoSession, 'data'>,
  { sample, milliseconds }: Closeness,
  csv: CsvFiles,
  signal: AbortSignal,
  mostBytes = usualBytes,
): Promise<CsvComparison> {
  const { file, form, namespace, loosely } = request
  const bound = { milliseconds, signal }
  const headings = await headingsOf(request, csv, signal)
  const structure = await structureOf(session.data.sample(namespace, sample, bound))
  const columns = columnsOf(headings, structure, request)
  const paths = columns.key.concat(columns.fields).map(({ path }) => path)
  // By a sample alone the answer would depend on chance: what one document in thousands holds is mostly not in it.
  const tally = await session.data.tally(namespace, paths, undefined, bound)
  requireKey(columns.key, tally, structure)
  const typesOf = (path: string) => ({
    ...typesAt(structure.paths, path),
    ...tally.fields.find((field) => field.path === path)?.kinds,
  })
  const formed = columns.key.concat(columns.fields).map(({ path, column, at }): ComparedColumn => {
    const parts = path.split('.')
    return { path, column, at, parts, form: formOf(typesOf(path), loosely) }
  })
  const key = formed.slice(0, columns.key.length)
  const fields = formed.slice(columns.key.length)

  for (let passes = 1; ; passes *= 2) {
    const parts = { key, fields, width: headings.length, passes, mostBytes }
    const compared = new Comparison(parts, request)
    const reading = () => csv.rows(file, form, signal)
    if (
      !(await readBoth(compared, passes, reading, () =>
        session.data.fields(namespace, paths, bound),
      ))
    )
      continue
    const counts = await withFileValues(compared.counts(), parts, request, csv, signal)
    return {
      file,
      namespace: nameOf(namespace),
      key: key.map(named),
      fields: fields.map(named),
      unmatched: columns.unmatched,
      ...counts,
    }
  }
}

/** Reads both sides as often as there are shares; false as soon as a share does not fit. */
async function readBoth(
  compared: Comparison,
  passes: number,
  rows: () => AsyncIterable<CsvRow>,
  documents: () => AsyncIterable<Uint8Array>,
): Promise<boolean> {
  for (let pass = 0; pass < passes; pass += 1) {
    compared.begin(pass)
    let isHeading = true
    for await (const row of rows()) {
      if (!isHeading && !compared.row(row)) return false
      isHeading = false
    }
    for await (const document of documents()) compared.document(document)
    compared.end()
  }
  return true
}

function named({ path, column }: ComparedColumn) {
  return { path, column }
}

/** By a key that no document has, every row and every document would be told as missing. */
function requireKey(
  key: readonly PlacedColumn[],
  { documents, fields }: Tally,
  structure: Structure,
): void {
  if (documents === 0) return
  const isNowhere = ({ path }: PlacedColumn) => {
    const kinds = fields.find((field) => field.path === path)?.kinds ?? {}
    return Object.keys(kinds).every((kind) => kind === 'missing')
  }
  const wrong = key.find(isNowhere)
  if (!wrong) return
  const meant = nearestName(
    wrong.path,
    structure.paths.map(({ path }) => path),
  )
  throw new Failure(
    'usage',
    'USAGE',
    `no document has ${wrong.path}, so it is no key${meant === undefined ? '' : `; did you mean ${meant}?`}`,
    [`ops … --key ${meant ?? 'PATH'}=${quoted(wrong.column)}`],
  )
}

function typesAt(paths: readonly StructurePath[], path: string): Readonly<Record<string, number>> {
  return paths.find((one) => one.path === path)?.types ?? {}
}

async function headingsOf(
  { file, form }: CsvRequest,
  csv: CsvFiles,
  signal: AbortSignal,
): Promise<readonly string[]> {
  for await (const { values } of csv.rows(file, form, signal)) return values
  throw new Failure('usage', 'CSV_EMPTY', `${file} has no row of headings`, [
    `head -n 3 ${quoted(file)}`,
  ])
}
