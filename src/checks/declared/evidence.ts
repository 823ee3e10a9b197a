import type { CheckKind, DeclaredCheck } from '../../domain/declared/check.js'
import type { FactsOf } from '../../domain/declared/facts.js'
import type { Looked } from '../doctor/evidence.js'

/** What came of a probe: what comes of looking, or nothing within its time, which for some is an answer. */
export type Probed<Facts> =
  | Looked<Facts>
  | {
      readonly state: 'late'
      readonly seconds: number
      /** What it has left behind; absent where it ended. */
      readonly note?: string
    }

/** A declared check with what came of it: plain data without secrets. */
export type DeclaredSeen<Kind extends CheckKind = CheckKind> = {
  readonly [Each in Kind]: Pick<
    DeclaredCheck<Each>,
    'name' | 'kind' | 'severity' | 'words' | 'rule'
  > & { readonly probed: Probed<FactsOf[Each]> }
}[Kind]

/** Everything that the declared checks are judged by. */
export interface DeclaredEvidence {
  /** RFC 3339 UTC. */
  readonly at: string
  /** In the order of the configuration. */
  readonly checks: readonly DeclaredSeen[]
}
