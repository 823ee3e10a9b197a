/** What a dead man's switch is told: a run begins, it is done, it failed. */
export type DeadmanSignal = 'start' | 'success' | 'fail'

/** A service that raises the alarm when it hears nothing. Its address is a secret. */
export interface Deadman {
  /**
   * One try, `note` in the body. Throws `DEADMAN_UNREACHED` (environment) without the address in its sentence, what
   * fetching the address throws, and the signal's reason.
   */
  tell(what: DeadmanSignal, note: string, signal: AbortSignal): Promise<void>
}
