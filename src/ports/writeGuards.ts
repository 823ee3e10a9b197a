import type { Target } from '../domain/target.js'

/** Something beside the server that releases its write lock as soon as this run of ops is gone, however it went. */
export interface WriteGuard {
  /** To be called right before the lock is taken: from now on the guard releases. */
  arm(): Promise<void>
  /** The lock is released, or never was taken: the guard leaves. May be called again. */
  dismiss(): Promise<void>
}

/** Sets guards up. */
export interface WriteGuards {
  /**
   * Resolves once the guard is signed in. Throws `GUARD_FAILED` (environment) with the reason, and what starting a
   * container of ours throws.
   */
  watch(target: Target, signal: AbortSignal): Promise<WriteGuard>
}
