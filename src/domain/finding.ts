/** `unknown` means: could not look. It is never ok. */
export type Severity = 'ok' | 'warn' | 'fail' | 'unknown'

/** What a check found out: what is so, why, and what to type next. */
export interface Finding {
  readonly id: string
  readonly severity: Severity
  readonly says: string
  readonly because: string
  readonly next: readonly string[]
  readonly value?: unknown
}

/** Verdict over findings: the worst of them, where what could not be looked at counts as a warning. */
export function verdict(findings: readonly Finding[]): 'ok' | 'warn' | 'fail' {
  if (findings.some((finding) => finding.severity === 'fail')) return 'fail'
  return findings.some((finding) => finding.severity !== 'ok') ? 'warn' : 'ok'
}
