import type { Target } from '../domain/target.js'

/**
 * Something beside the server that releases its write lock as soon as this run of ops is gone, however it went, and when it
 * stands still for too long: suspended, or on a machine that has no time for it.
 */
export interface WriteGuard {
  /** To be called right before the lock is taken: the guard releases it after so many milliseconds at the latest. */
  arm(limitMilliseconds: number): Promise<void>
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
