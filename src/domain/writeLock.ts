/** What tells a write lock (`fsyncLock`) of ours from everybody else's; kept in the receipt of the run that takes it. */
export interface WriteLockRecord {
  /** When it was about to be taken, RFC 3339 UTC. */
  readonly askedAt: string
  /** The server's process; absent where it does not say which it is. */
  readonly process?: string
  /** The connection it was asked for over, by the server's own number. */
  readonly connection?: number
  /** Whether something beside the server was to release it, should its run be gone. */
  readonly guarded: boolean
  /** The operation of the server that holds all locks from the first to the last; known once it was granted. */
  readonly holder?: number
  /** How many locks stood once it was granted, itself included. */
  readonly locks?: number
}

/** What a server tells of the locks that block its writes now. */
export interface StandingLock {
  readonly process?: string
  /** Absent where none stands, and where that is not told. */
  readonly holder?: number
  /** Connections that took those that may stand, by the server's log; absent where it does not reach back to the first. */
  readonly takers?: readonly number[]
}

/** Whose a lock is that stands, as far as that can be proved. */
export type LockOwnership =
  | { readonly whose: 'ours' }
  /** Ours is gone for certain: this is somebody else's. */
  | { readonly whose: 'another'; readonly because: string }
  | { readonly whose: 'unproven'; readonly because: string }
