import { resolve } from 'node:path'
import { Failure } from '../domain/failure.js'
import type { Finding } from '../domain/finding.js'
import { scrub } from '../domain/scrub.js'
import type { Target } from '../domain/target.js'
import type { Namespace } from '../ports/documents.js'
import type { CsvRequest, NamedField } from '../procedures/data/csv/request.js'
import { lineAsTyped, type Typed } from './asTyped.js'
import { typedNamespace } from './where.js'

/** How the flags of a file are typed. */
export interface CsvFlags {
  readonly csv?: string | undefined
  readonly collection?: string | undefined
  readonly key?: readonly string[] | undefined
  readonly field?: readonly string[] | undefined
  readonly skip?: readonly string[] | undefined
  readonly delimiter: string
  readonly encoding: string
  readonly loosely: boolean
  readonly 'show-values': boolean
}

/** Names that are typed as they are said. */
const delimiters: Readonly<Record<string, string>> = { tab: '\t', '\\t': '\t' }

/**
 * The file that a collection is to be held against; nothing without `--csv`. The collection is the one that was named, or the only one
 * that is expected; the key the one that was named, or the first that is expected to be unique. Throws `USAGE`, `NAMESPACE_INVALID`,
 * `COLLECTION_REQUIRED` (usage).
 */
export function csvRequest(
  given: CsvFlags,
  named: readonly Namespace[],
  { expectations }: Pick<Target, 'expectations'>,
  cwd: string,
): CsvRequest | undefined {
  if (given.csv === undefined) return undefined
  const namespace = collectionOf(given, named, Object.keys(expectations))
  const { database, collection } = namespace
  const [unique] = expectations[`${database}.${collection}`]?.unique ?? []
  const expectedKey = unique === undefined ? [] : unique.split(',').map((path) => ({ path }))
  const key = given.key?.map(namedField)
  return {
    file: resolve(cwd, given.csv),
    form: { delimiter: delimiterOf(given.delimiter), encoding: encodingOf(given.encoding) },
    namespace,
    key: key ?? expectedKey,
    fields: (given.field ?? []).map(namedField),
    skipped: given.skip ?? [],
    loosely: given.loosely,
    showValues: given['show-values'],
  }
}

function collectionOf(
  { collection }: CsvFlags,
  named: readonly Namespace[],
  expected: readonly string[],
): Namespace {
  if (collection !== undefined) return typedNamespace(collection)
  const [only, ...others] = named.length > 0 ? named : expected.map(typedNamespace)
  if (only && others.length === 0) return only
  throw new Failure(
    'usage',
    'COLLECTION_REQUIRED',
    'which collection is the file held against? Name one with --collection',
    expected.length === 0
      ? ['ops … --collection DATABASE.COLLECTION']
      : expected.map((name) => `ops … --collection ${name}`),
  )
}

/** `PATH=COLUMN`, or `PATH` where the column is called alike. */
function namedField(text: string): NamedField {
  const at = text.indexOf('=')
  const path = at < 0 ? text : text.slice(0, at)
  requirePath(path, "ops … --key PATH='COLUMN'")
  return at < 0 ? { path } : { path, column: text.slice(at + 1) }
}

function delimiterOf(text: string): string {
  const delimiter = delimiters[text] ?? text
  if (delimiter.length === 1 && !'"\r\n'.includes(delimiter)) return delimiter
  throw new Failure('usage', 'USAGE', `--delimiter takes one character, or tab`, [
    'ops … --delimiter ";"',
  ])
}

function encodingOf(name: string): string {
  try {
    return new TextDecoder(name).encoding
  } catch {
    throw new Failure('usage', 'USAGE', `"${name}" is not an encoding that is known`, [
      'ops … --encoding windows-1252',
    ])
  }
}

/** Paths with commas between them. Throws `USAGE` (usage) for one that the server would take for something else. */
export function typedPaths(text: string | undefined): readonly string[] {
  const paths = (text ?? '').split(',').map((path) => path.trim())
  if (text === undefined || text === '') return []
  for (const path of paths) requirePath(path, 'ops … --by patient_info.name')
  return paths
}

function requirePath(path: string, next: string): void {
  if (!path.split('.').some((part) => /^(\$.*)?$/.test(part))) return
  throw new Failure(
    'usage',
    'USAGE',
    `"${path}" is no path: no part of it is empty or begins with a dollar sign`,
    [next],
  )
}

/** Findings as they are told: `ops …` filled in, and no passwords, for servers are quoted, and those may quote an address. */
export function told<One extends Finding>(findings: readonly One[], typed: Typed): readonly One[] {
  return findings.map((finding) => ({
    ...finding,
    says: scrub(finding.says),
    because: scrub(finding.because),
    next: finding.next.map((line) => scrub(lineAsTyped(line, typed))),
  }))
}
