import type { ProbeOf } from './probe.js'
import type { RuleOf } from './rule.js'

/** What a check that an operator declares can look at. */
export type CheckKind = keyof ProbeOf & keyof RuleOf

/** What the operator has to say about a check that is not ok. */
export interface OwnWords {
  readonly says?: string
  readonly next?: readonly string[]
  /** What keeps it from happening again. */
  readonly prevention?: string
}

/** A check of one kind that an operator declares; of any kind where none is said. */
export type DeclaredCheck<Kind extends CheckKind = CheckKind> = {
  readonly [Each in Kind]: {
    /** Unique among the checks of a configuration. */
    readonly name: string
    readonly kind: Each
    /** The worst that it counts as. */
    readonly severity: 'warn' | 'fail'
    readonly timeoutSeconds: number
    readonly words: OwnWords
    readonly probe: ProbeOf[Each]
    readonly rule: RuleOf[Each]
  }
}[Kind]
