import type { Base } from './base.js'
import { isSinceStandalone, type Lookup, type OplogWindow } from './window.js'
import { isAfter } from './optime.js'

/** Why slices cannot begin behind a base, although it is a good one. */
export type UnfitReason = 'ahead' | 'expired' | 'diverged' | 'restored' | 'standalone'

/** A good base behind which slices cannot begin. */
export interface UnfitBase {
  readonly id: string
  readonly reason: UnfitReason
}

/** What is the matter, in words. */
export const unfitWords: Readonly<Record<UnfitReason, string>> = {
  ahead: 'no majority of the set has its last entry yet: the set has lost members, or lags behind',
  expired:
    'its last entry left the oplog before a slice could begin behind it: the oplog is too small',
  diverged:
    'the server does not have its last entry, or has another in its place: it lost its newest writes, or older data was put back',
  standalone:
    'the server was started without its replica set since: what was written then is in no oplog',
  restored:
    'a restore ended after it was begun, by the clock of this machine (was the clock set back?)',
}

/** Why slices cannot begin behind this base; nothing where they can. `restoredAt`: RFC 3339 UTC. */
export function whyUnfit(
  { last, takenAt, found }: Base & { readonly found: Lookup },
  window: OplogWindow,
  restoredAt: string | undefined,
): UnfitReason | undefined {
  if (restoredAt !== undefined && Date.parse(takenAt) < Date.parse(restoredAt)) return 'restored'
  const { newest, oldest } = window
  if (found === 'missing' && isAfter(oldest, last.at)) return 'expired'
  // One that the server has is ahead of a majority; one that it has not is of another history, whatever its time.
  if (found !== 'same') return 'diverged'
  if (!isSinceStandalone(last.at, window)) return 'standalone'
  return isAfter(last.at, newest) ? 'ahead' : undefined
}
