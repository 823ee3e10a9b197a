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

/** A lock as it lies there, and whether its holder still runs. */
export interface FoundLock {
  readonly owner: LockOwner
  /** Absolute. */
  readonly path: string
  /** Absent where it runs on another machine, or that cannot be told. */
  readonly gone?: boolean
}

/** One lock a target, across processes. Throws `TARGET_LOCKED` (locked), naming the owner. */
export interface Locks {
  take(target: string, command: string): Promise<Held>
  owner(target: string): Promise<LockOwner | undefined>
  /** The locks of a target that lie anywhere, each judged by number, start and boot of its holder. */
  found(target: string): Promise<readonly FoundLock[]>
}
