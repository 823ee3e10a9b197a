import type { Finding } from '../../domain/finding.js'
import { shortId } from '../../domain/shortId.js'
import { broken, doubtful, fine, unknown } from '../doctor/finding.js'
import { quoted } from '../../domain/quoted.js'
import type { CsvComparison } from './csvEvidence.js'
import { many, separated } from './numbers.js'

/** Whether a file and a collection say the same. What could not be compared is never called the same. */
export function judgeCsv(compared: CsvComparison): readonly Finding[] {
  const { namespace } = compared
  const id = (word: string) => `${namespace}.csv.${word}`
  return [...rowFindings(compared, id), ...fieldFindings(compared, id), ...doubts(compared, id)]
}

type Id = (word: string) => string

function rowFindings(compared: CsvComparison, id: Id): readonly Finding[] {
  const { rows, documents, malformed, copies, missing, extra, uneven, namespace, file } = compared
  const again = [`ops dr deletion --dry-run   (what was deleted)`, 'ops pipeline run']
  const counts = { rows, documents }
  return [
    malformed.rows === 0
      ? fine(id('rows'), `${many(rows, 'row')}, ${many(documents, 'document')}`, '', counts)
      : broken(id('rows'), {
          says: `${many(malformed.rows, 'row')} cannot be read`,
          because: `another number of values than there are headings: ${linesText(malformed.lines)}`,
          next: [
            `sed -n ${(malformed.lines[0] ?? 1).toString()}p ${quoted(file)}   (prints values of patients)`,
          ],
          value: { ...counts, malformed: malformed.rows, lines: malformed.lines },
        }),
    ...(copies === 0
      ? []
      : [fine(id('copies'), `${many(copies, 'row')} the same as an earlier one`, '', { copies })]),
    missing.rows === 0
      ? fine(id('missing'), 'every row is in the database', '', { rows: 0 })
      : broken(id('missing'), {
          says: `${many(missing.rows, 'row')} not in the database`,
          because: `no document has the key: ${linesText(missing.examples.map(({ line }) => line))}`,
          next: again,
          value: missing,
        }),
    extra.documents === 0
      ? fine(id('extra'), 'every document is in the file', '', { documents: 0 })
      : broken(id('extra'), {
          says: `${many(extra.documents, 'document')} not in the file`,
          because: `no row has the key: _id ${extra.examples.map((one) => shortId(one.id)).join(', ')}`,
          next: [`ops data duplicates ${namespace}`],
          value: extra,
        }),
    ...(uneven.keys === 0
      ? []
      : [
          broken(id('uneven'), {
            says: `${many(uneven.keys, 'key')} not as often in the file as in the database`,
            because: linesText(uneven.lines),
            next: [`ops data duplicates ${namespace} --by ${pathsOf(compared)}`],
            value: uneven,
          }),
        ]),
  ]
}

function fieldFindings(
  { differing, fields, namespace }: CsvComparison,
  id: Id,
): readonly Finding[] {
  const compared = fields.length
  if (compared === 0)
    return [
      unknown(id('fields'), {
        says: 'no field was compared besides the key',
        because: 'no other column of the file is known to be a field of the documents',
        next: ["--field PATH='COLUMN'"],
      }),
    ]
  if (differing.rows === 0)
    return [fine(id('fields'), `${many(compared, 'field')} the same in each`, '', { compared })]
  const worst = Object.entries(differing.paths).sort(([, one], [, other]) => other - one)
  const lines = differing.examples.map(({ line }) => line)
  return [
    broken(id('fields'), {
      says: `${many(differing.rows, 'row')} other than in the database`,
      because: `${worst.map(([path, rows]) => `${path}: ${separated(rows)}`).join(', ')}; ${linesText(lines)}`,
      next: [
        'ops … --show-values   (prints values of patients)',
        `ops dr bisect --collection ${namespace} --where QUERY`,
      ],
      value: differing,
    }),
  ]
}

function doubts(compared: CsvComparison, id: Id): readonly Finding[] {
  const { repeated, rowsWithoutKey, documentsWithoutKey, unmatched, rows, documents } = compared
  return [
    ...(rows + documents > 0
      ? []
      : [unknown(id('empty'), { says: 'there is nothing to compare', because: 'both are empty' })]),
    ...(repeated === 0
      ? []
      : [
          doubtful(id('repeated'), {
            says: `${many(repeated, 'key')} that more than one row has`,
            because: 'such rows are compared as a whole with as many documents, not one by one',
            next: ['--key PATH=COLUMN   (more of them make it unique)'],
            value: { keys: repeated },
          }),
        ]),
    ...(rowsWithoutKey + documentsWithoutKey === 0
      ? []
      : [
          unknown(id('keys'), {
            says: `${many(rowsWithoutKey, 'row')} and ${many(documentsWithoutKey, 'document')} could not be compared`,
            because: 'their key is empty',
            next: ['--key PATH=COLUMN'],
            value: { rows: rowsWithoutKey, documents: documentsWithoutKey },
          }),
        ]),
    ...(unmatched.length === 0
      ? []
      : [
          unknown(id('columns'), {
            says: `${many(unmatched.length, 'column')} not compared: ${unmatched.join(', ')}`,
            because: 'no single field of the documents is called so',
            next: [
              `--field PATH=${quoted(unmatched[0] ?? '')}`,
              `--skip ${quoted(unmatched[0] ?? '')}`,
            ],
            value: { columns: unmatched },
          }),
        ]),
  ]
}

function pathsOf({ key }: CsvComparison): string {
  return key.map(({ path }) => path).join(',')
}

function linesText(lines: readonly number[]): string {
  return `${lines.length === 1 ? 'line' : 'lines'} ${lines.map((line) => line.toString()).join(', ')}`
}
