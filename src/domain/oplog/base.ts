import { isKeepable } from '../retention/judge.js'
import type { Manifest } from '../manifest.js'
import type { Optime } from '../contents.js'
import type { OplogPoint } from './optime.js'

/** A backup that slices can continue: the whole instance, consistent at the last entry of the oplog that is in it. */
export interface Base {
  readonly id: string
  /** When its dump began, RFC 3339 UTC. */
  readonly takenAt: string
  /** The first entry in it: it was there before the dump began, so that nothing from it back has to be replayed. */
  readonly first: Optime
  /** The last entry in it: the moment it is consistent at. */
  readonly last: OplogPoint
}

/** Says that the server had the last entry of a base on this timeline, byte for byte. */
export interface Anchor {
  readonly version: 1
  readonly base: string
  readonly timeline: number
  /** Absent in notes that were taken before it was noted down. */
  readonly first?: Optime
  readonly last: OplogPoint
}

/**
 * The base that a backup is; nothing where it is none. One by a version of ops that did not note down its last entry cannot
 * be tied to a history, so it is none either.
 */
export function baseOf(
  manifest: Pick<
    Manifest,
    'id' | 'takenAt' | 'purpose' | 'wholeInstance' | 'content' | 'oplog' | 'trust'
  >,
  present: boolean,
): Base | undefined {
  const { id, takenAt, purpose, wholeInstance, content, oplog, trust } = manifest
  const { first, last, lastEntry } = oplog ?? {}
  if (purpose !== 'backup' || !wholeInstance || content === 'dataFiles') return undefined
  if (!isKeepable({ trust, present }) || last === undefined || lastEntry === undefined)
    return undefined
  return { id, takenAt, first: first ?? last, last: { at: last, sha256: lastEntry } }
}
