import type { OplogPoint } from './optime.js'

/**
 * Why a timeline ended: entries left the oplog before they were read; the server's history is another one than the one that
 * was read; it is another replica set; a backup was restored into it; it was started
 * without its set in between.
 */
export type GapReason = 'overflow' | 'diverged' | 'other set' | 'restored' | 'standalone'

/** Says that a timeline ended: nothing may ever be put behind its last slice. Written once, never changed. */
export interface GapMarker {
  readonly version: 1
  readonly target: string
  readonly timeline: number
  /** Its last entry. */
  readonly after: OplogPoint
  readonly reason: GapReason
  /** When it was noticed, RFC 3339 UTC. */
  readonly at: string
}

/** What happened, in words. */
export const gapWords: Readonly<Record<GapReason | 'missing', string>> = {
  overflow:
    'entries left the oplog before they were read: it is too small, or nobody read it for too long',
  diverged:
    'the server no longer has the last entry that was read, or has another in its place: it lost its newest writes, or older data was put back',
  'other set': 'the replica set is another one: it was initiated anew, or this is another server',
  restored: 'a backup was restored into the server',
  standalone:
    'the server was started without its replica set in between: what was written then is in no oplog',
  missing: 'slices are not on the shelf any more, or are damaged',
}
