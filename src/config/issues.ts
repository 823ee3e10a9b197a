import type { z } from 'zod'
import { knownKeys } from './knownKeys.js'
import { nearest } from '../domain/nearest.js'
import { scrub } from '../domain/scrub.js'
import type { Places } from './places.js'
import { textual, type Path, type Problem } from './problem.js'
import { quote } from './quote.js'
import { valueAt } from './tree.js'

type Issue = z.core.$ZodIssue

/** What the sentences about a file are made from. */
interface Source {
  readonly schema: z.core.$ZodType
  readonly file: unknown
  readonly places: Places
}

/** Problems for what the schema found: each with its place, and unknown keys one by one with the nearest known one. */
export function problemsOf(issues: readonly Issue[], source: Source): readonly Problem[] {
  return issues.flatMap((issue) => problemsOfIssue(issue, source))
}

function problemsOfIssue(issue: Issue, source: Source): readonly Problem[] {
  const path = textual(issue.path)
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey([...path, key], key, path, source))
  }
  if (issue.code === 'invalid_key') {
    const name = path.at(-1)
    const sentence = `${quote(String(name))} ${issue.issues[0]?.message ?? 'is not a usable name'}`
    return [{ path, position: source.places.keyPosition(path), sentence }]
  }
  if (issue.code === 'invalid_union') {
    const deeper = issue.errors.at(-1) ?? []
    if (typeof valueAt(source.file, path) === 'object' && valueAt(source.file, path) !== null) {
      return problemsOf(
        deeper.map((inner) => ({ ...inner, path: [...path, ...inner.path] })),
        source,
      )
    }
  }
  return [
    { path, position: source.places.valuePosition(path), sentence: sentence(issue, path, source) },
  ]
}

function unknownKey(path: Path, key: string, around: Path, source: Source): Problem {
  const known = knownKeys(source.schema, around, source.file)
  const meant = nearest(key, known)
  const hint =
    meant === undefined ? `known here: ${known.join(', ')}` : `did you mean ${quote(meant)}?`
  return {
    path: around,
    position: source.places.keyPosition(path),
    sentence: `unknown key ${quote(key)}; ${hint}`,
  }
}

function sentence(issue: Issue, path: Path, source: Source): string {
  const value = valueAt(source.file, path)
  const place = source.places.get(path)
  if (value === undefined && place === undefined) return 'is missing'
  if (value === '') return 'must not be empty'
  if (value === null) return 'is empty: give it a value, or take the key away'
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(issue.expected, value, (place?.variables.length ?? 0) > 0)
    case 'invalid_format':
      return `${quote(scrub(place?.raw ?? ''))} ${issue.message}`
    case 'invalid_value':
      return path[0] === 'version'
        ? 'is not a version that this ops reads; it reads version 1'
        : `must be one of ${issue.values.map(String).join(', ')}`
    case 'too_small':
      return tooSmall(issue)
    case 'too_big':
      return `must be at most ${issue.maximum.toString()}`
    case 'invalid_union':
      if ('options' in issue) return `must be one of ${issue.options.map(String).join(', ')}`
      return 'must be text (numbers in quotes) or one of {file: …}, {command: […]}, {compose: SERVICE.VARIABLE}'
    case 'custom':
    case 'invalid_element':
    case 'invalid_key':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      return issue.message
  }
}

function tooSmall(issue: z.core.$ZodIssueTooSmall): string {
  if (issue.origin === 'string') return 'must not be empty'
  if (issue.origin === 'array') return 'needs at least one entry'
  return `must be at least ${issue.minimum.toString()}`
}

function wrongType(expected: string, value: unknown, filledIn: boolean): string {
  const text = filledIn ? ' (what ${…} fills in is always text)' : ''
  switch (expected) {
    case 'string':
      return typeof value === 'object' ? 'must be text' : 'must be text: put it in quotes'
    case 'array':
      return 'must be a list: [one, two]'
    case 'boolean':
      return `must be true or false${text}`
    case 'int':
    case 'number':
      return `must be a whole number${text}`
    default:
      return 'must be a section (key: value)'
  }
}
