import type { Optime } from '../contents.js'

/** An entry of an oplog, told from every other: when it was written, in which term, and the SHA-256 of its bytes. */
export interface OplogPoint {
  readonly at: Optime
  /** Term of the election in which it was written; absent where the entry says none. */
  readonly term?: number
  readonly sha256: string
}

/** Below 0 where `one` comes before `other`, 0 where they are the same. */
export function compareOptimes(one: Optime, other: Optime): number {
  return one.seconds === other.seconds ? one.ordinal - other.ordinal : one.seconds - other.seconds
}

/** `seconds:ordinal`, as mongorestore's `--oplogLimit` writes it. */
export function optimeText({ seconds, ordinal }: Optime): string {
  return `${seconds.toString()}:${ordinal.toString()}`
}

/** Whether `one` comes after `other`. */
export function isAfter(one: Optime, other: Optime): boolean {
  return compareOptimes(one, other) > 0
}

/** The second in which it was written. */
export function secondOf({ seconds }: Optime): Date {
  return new Date(seconds * 1000)
}

/** Whether two points are the same entry, byte for byte. */
export function isSamePoint(one: OplogPoint, other: OplogPoint): boolean {
  return compareOptimes(one.at, other.at) === 0 && one.sha256 === other.sha256
}
