/** How bad a check has to be: `warn` is that or worse, `fail` and `unknown` are just that. */
export type WantedSeverity = 'warn' | 'fail' | 'unknown'

/** A symptom that an operator declares: what is so where checks say this. */
export interface DeclaredSymptom {
  /** Unique among the symptoms, and none that ops knows by itself. */
  readonly name: string
  readonly says: string
  /** Why it is so, in the words of the operator. */
  readonly because?: string
  readonly severity: 'warn' | 'fail'
  readonly match: 'all' | 'any'
  /** Ids of checks, or what stands before a colon in them. */
  readonly when: readonly { readonly check: string; readonly is: WantedSeverity }[]
  /** What to type; nothing of it is ever run. */
  readonly next: readonly string[]
}
