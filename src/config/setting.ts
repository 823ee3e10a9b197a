import type { SecretReference } from '../domain/secret.js'
import type { Path } from './problem.js'

/** One setting as `ops config show` prints it: its path in the file, and its value in the file's own terms. */
export interface Setting {
  readonly path: Path
  readonly value: unknown
}

/** How a secret is shown: as a reference. Text filled in from the environment shows as `[secret]`; its origin names the variable. */
export function shownSecret(reference: SecretReference): unknown {
  switch (reference.from) {
    case 'value':
      return '[secret]'
    case 'file':
      return { file: reference.path }
    case 'command':
      return { command: reference.command }
    case 'compose':
      return { compose: `${reference.service}.${reference.variable}` }
  }
}

/** The settings of one section; what is absent is left out. */
export function section(path: Path, values: Readonly<Record<string, unknown>>): readonly Setting[] {
  return Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [{ path: [...path, key], value }],
  )
}
