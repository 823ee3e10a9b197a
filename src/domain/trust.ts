/** How far a backup may be relied on, in rising order. */
export const trustLevels = ['damaged', 'unverified', 'sound', 'restore-tested'] as const

/** A rung of `trustLevels`. */
export type Trust = (typeof trustLevels)[number]

/** The trust after a judgement. What was restored once is worth more than what was read again: a good reading never lowers it. */
export function judged(before: Trust, judgement: Trust): Trust {
  return judgement === 'sound' && isGood(before) ? before : judgement
}

/** Whether a backup of this trust may be restored without a further word. */
export function isGood(trust: Trust): boolean {
  return trust === 'sound' || trust === 'restore-tested'
}
