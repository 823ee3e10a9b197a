import type { Receipt } from './receipt.js'

/** Puts what was done last first. */
export function newestFirst(
  one: Pick<Receipt, 'startedAt'>,
  other: Pick<Receipt, 'startedAt'>,
): number {
  return other.startedAt.localeCompare(one.startedAt)
}
