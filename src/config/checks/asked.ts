import type { CheckKind, DeclaredCheck } from '../../domain/declared/check.js'
import type { Pattern } from '../../domain/declared/probe.js'

/** What is asked, and what is held against the answer. */
export type Asked<Kind extends CheckKind> = Kind extends CheckKind
  ? Pick<DeclaredCheck<Kind>, 'probe' | 'rule'>
  : never

/** Where the names of a file lead. */
export interface Places {
  /** Makes a path of the file absolute. */
  readonly absolute: (path: string) => string
  /** Folder of the file. */
  readonly directory: string
  /** The target that is meant where none is named. */
  readonly target: string
}

/** A pattern of the file; nothing where there is none. */
export function patternOf(file: { readonly pattern?: string; readonly ignoreCase?: boolean }): {
  readonly pattern?: Pattern
} {
  const { pattern: source, ignoreCase = false } = file
  return source === undefined ? {} : { pattern: { source, ignoreCase } }
}

/** What is there of these, under their names. */
export function present<Value extends object>(
  values: Value,
): {
  [Name in keyof Value]?: Exclude<Value[Name], undefined>
} {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Value]?: Exclude<Value[Name], undefined>
  }
}
