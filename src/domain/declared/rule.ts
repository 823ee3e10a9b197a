import type { Severity } from '../finding.js'

/** From where on something counts as doubtful, and as broken. */
export interface Levels {
  readonly warn?: number
  readonly fail?: number
}

/** What is held against the facts, by kind of check: plain data without secrets, so that it can be kept beside them. */
export interface RuleOf {
  readonly http: {
    /** Without what stands behind a question mark, which may be a secret. */
    readonly address: string
    /** Empty: 200 to 299. */
    readonly status: readonly number[]
    readonly maxMilliseconds?: number
  }
  readonly tcp: { readonly address: string }
  readonly exec: {
    /** The program without its arguments, and where it runs. */
    readonly program: string
    readonly where: string
    /** Exit code to what it means; 0 is ok and any other broken where it says nothing. */
    readonly exits: Readonly<Record<string, Severity>>
  }
  readonly log: {
    readonly service: string
    readonly seconds: number
    readonly pattern?: string
    readonly min?: number
    readonly max?: number
  }
  readonly freshness: { readonly what: string; readonly maxAgeSeconds: number }
  readonly certificate: { readonly what: string; readonly daysLeft: Levels }
  readonly disk: {
    readonly path: string
    readonly usedPercent?: Levels
    readonly freeBytes?: Levels
  }
  readonly systemd: {
    readonly unit: string
    /** `not-failed` is for what runs now and then, and rests in between. */
    readonly expects: 'active' | 'not-failed'
  }
  readonly query: { readonly what: string; readonly min?: number; readonly max?: number }
  readonly data: { readonly what: string; readonly target: string }
}
