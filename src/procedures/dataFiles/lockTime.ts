import { Failure } from '../../domain/failure.js'
import type { Manifest } from '../../domain/manifest.js'

/** Bytes a second to expect where no copy was measured yet: slow, so that the first one takes less than was said. */
const slowest = 40_000_000

/** How long writes will probably wait. */
export interface LockTime {
  readonly seconds: number
  /** Whether that is from a copy of this target, or a guess. */
  readonly measured: boolean
}

/** The time for so many bytes of files, at the rate of the last copy. */
export function expectedLockTime(bytes: number, last: Manifest | undefined): LockTime {
  const seconds = last?.dataFiles?.lockSeconds ?? 0
  if (last && seconds > 0) return { seconds: bytes / (last.rawBytes / seconds), measured: true }
  return { seconds: bytes / slowest, measured: false }
}

/** Throws `LOCK_LIMIT_TOO_SHORT` (refused) where a copy at the measured rate takes longer than writes may wait. */
export function requireWithin({ seconds, measured }: LockTime, limitSeconds: number): void {
  if (!measured || seconds <= limitSeconds) return
  const needed = Math.ceil(seconds * 1.5)
  throw new Failure(
    'refused',
    'LOCK_LIMIT_TOO_SHORT',
    `a copy takes about ${Math.ceil(seconds).toString()} s at the rate of the last one, and writes may wait ${limitSeconds.toString()} s`,
    [`ops backup --physical --lock-limit ${needed.toString()}s`, 'ops backup'],
    { facts: { expectedSeconds: seconds, limitSeconds } },
  )
}
