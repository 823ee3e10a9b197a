import type { SymptomName } from '../../domain/symptoms.js'
import type { Fix } from './fix.js'

/** What it may have been as well: why it is not, or what would tell. */
export type Candidate =
  | { readonly cause: string; readonly ruledOutBy: string }
  | { readonly cause: string; readonly needs: string }

/** Something that is wrong: what, why, by which evidence, and what helps. */
export interface Found {
  readonly symptom: SymptomName
  /** Other symptoms that it shows itself by. */
  readonly also: readonly SymptomName[]
  /** `unknown`: could not look, or causes that cannot be told apart. */
  readonly severity: 'fail' | 'warn' | 'unknown'
  /** A stable word, such as `database-stopped`. */
  readonly cause: string
  /** The service, target or place that it is about; null for the machine. */
  readonly about: string | null
  readonly says: string
  /** Lines of evidence, without secrets and without values of documents. */
  readonly because: readonly string[]
  readonly candidates: readonly Candidate[]
  readonly next: readonly string[]
  /** What `--fix` would do; null where that is for people. */
  readonly fix: Fix | null
}

/** A finding of which only the cause is special. */
export function found(
  symptom: SymptomName,
  severity: Found['severity'],
  cause: string,
  rest: Pick<Found, 'says'> & Partial<Omit<Found, 'symptom' | 'severity' | 'cause' | 'says'>>,
): Found {
  return {
    symptom,
    severity,
    cause,
    also: [],
    about: null,
    because: [],
    candidates: [],
    next: [],
    fix: null,
    ...rest,
  }
}
