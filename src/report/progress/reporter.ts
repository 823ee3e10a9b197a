import type { Tell } from '../../procedures/progress.js'

/** Shows how a run is going. */
export interface Reporter {
  readonly tell: Tell
  /** A sentence in between (a warning, what Ctrl-C is about to do) that must be seen at once. */
  notice(text: string): void
  /** Resolves when everything is drawn and the stream is free again. Safe to call twice. */
  close(): Promise<void>
}

/** Where a reporter writes. */
export interface Sink {
  write(text: string): unknown
}
