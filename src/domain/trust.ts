/** How far a backup may be relied on, in rising order. */
export const trustLevels = ['damaged', 'unverified', 'sound', 'restore-tested'] as const

/** A rung of `trustLevels`. */
export type Trust = (typeof trustLevels)[number]

/** Whether a backup of this trust may be restored without a further word. */
export function isGood(trust: Trust): boolean {
  return trust === 'sound' || trust === 'restore-tested'
}
