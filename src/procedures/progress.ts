/** How far a running step is, in bytes. */
export interface Amount {
  readonly bytes: number
  /** Best guess of the whole; absent where nothing is known. */
  readonly expected?: number
}

/** What a procedure tells while it runs. Reporters turn it into a live list, lines, or nothing. */
export type ProgressEvent =
  | { readonly kind: 'planned'; readonly title: string; readonly steps: readonly string[] }
  | { readonly kind: 'started'; readonly step: string }
  /** A fact worth a line of its own: how big, how many, which file. */
  | { readonly kind: 'detail'; readonly step: string; readonly text: string }
  | { readonly kind: 'amount'; readonly step: string; readonly amount: Amount }
  | { readonly kind: 'done'; readonly step: string; readonly milliseconds: number }
  | { readonly kind: 'failed'; readonly step: string; readonly message: string }
  | { readonly kind: 'undone'; readonly step: string }
  | { readonly kind: 'stuck'; readonly step: string; readonly message: string }

/** Where progress is told. Must not throw. */
export type Tell = (event: ProgressEvent) => void
