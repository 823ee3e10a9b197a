import { Failure } from '../domain/failure.js'
import { quote } from './quote.js'

/** Where something stands in the file; both count from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** Keys and indexes from the top of the file down to a value. */
export type Path = readonly (string | number)[]

/** One thing that is wrong with the file. Its sentence never holds a value that could be a secret. */
export interface Problem {
  readonly path: Path
  readonly position: Position
  readonly sentence: string
  /** Name of the environment variable that is missing, where that is the problem. */
  readonly variable?: string
}

/** A path as zod hands it out. YAML has no symbols. */
export function textual(path: readonly PropertyKey[]): Path {
  return path.filter((part) => typeof part !== 'symbol')
}

/** A path as people write it: `targets.medical.writers[0].kind`. Keys that hold more than a word are in quotes. */
export function dotted(path: Path): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part.toString()}]`
      return `${index === 0 ? '' : '.'}${/^[\w-]+$/.test(part) ? part : quote(part)}`
    })
    .join('')
}

/** A problem as editors and terminals understand it: `file:line:column: what is wrong`. */
function problemLine(file: string, problem: Problem): string {
  const { line, column } = problem.position
  const where = problem.path.length === 0 ? '' : `${dotted(problem.path)}: `
  return `${file}:${line.toString()}:${column.toString()}: ${where}${problem.sentence}`
}

/** So many problems are printed; a file that is no configuration at all has thousands. */
const mostPrinted = 50

function lines(file: string, problems: readonly Problem[]): readonly string[] {
  const all = [...new Set(problems.map((problem) => problemLine(file, problem)))]
  const rest = all.length - mostPrinted
  return rest > 0 ? [...all.slice(0, mostPrinted), `… and ${rest.toString()} more`] : all
}

/**
 * Every problem in one `Failure`, in the order of the file: `CONFIG_VARIABLE_MISSING` (usage) where only environment
 * variables are missing, `CONFIG_INVALID` (usage) otherwise.
 */
export function invalid(file: string, problems: readonly Problem[]): Failure {
  const ordered = [...problems].sort(
    (one, other) =>
      one.position.line - other.position.line || one.position.column - other.position.column,
  )
  const missing = ordered.flatMap((problem) => problem.variable ?? [])
  const onlyMissing = missing.length === ordered.length
  return new Failure(
    'usage',
    onlyMissing ? 'CONFIG_VARIABLE_MISSING' : 'CONFIG_INVALID',
    lines(file, ordered).join('\n'),
    onlyMissing ? [`export ${missing[0] ?? ''}=VALUE`, 'ops config check'] : ['ops config check'],
    {
      facts: {
        file,
        problems: ordered.slice(0, mostPrinted).map((problem) => ({
          path: dotted(problem.path),
          ...problem.position,
          message: problem.sentence,
        })),
      },
    },
  )
}
