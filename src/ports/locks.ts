/** Who holds a lock. */
export interface LockOwner {
  readonly command: string
  readonly pid: number
  readonly host: string
  readonly user: string
  /** RFC 3339 UTC. */
  readonly since: string
}

/** A lock that is held. */
export interface Held {
  /** A holder that was provably dead and whose lock was taken over. */
  readonly reclaimed?: LockOwner
  release(): Promise<void>
}

/** One lock a target, across processes. Throws `TARGET_LOCKED` (locked), naming the owner. */
export interface Locks {
  take(target: string, command: string): Promise<Held>
  owner(target: string): Promise<LockOwner | undefined>
}
