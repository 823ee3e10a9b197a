import type { Optime } from '../../domain/contents.js'

/** Below 0 where `one` is earlier, 0 where they are the same, above 0 where it is later. */
export function compareOptimes(one: Optime, other: Optime): number {
  return one.seconds === other.seconds ? one.ordinal - other.ordinal : one.seconds - other.seconds
}

/** `seconds:ordinal`, as mongorestore's `--oplogLimit` writes it. */
export function optimeText({ seconds, ordinal }: Optime): string {
  return `${seconds.toString()}:${ordinal.toString()}`
}
