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

/** Milliseconds by which the clock of a disk may be ahead of ours: a share has that of another machine. */
const clocksApart = 10_000

/**
 * Whether the file of a backup was written to after somebody last read it: its trust is of what was in it then. Both are RFC 3339 UTC.
 * A bit that a disk loses leaves no such trace; that takes reading.
 */
export function isWrittenSince(judgedAt: string, writtenAt: string | undefined): boolean {
  if (writtenAt === undefined) return false
  return Date.parse(writtenAt) > Date.parse(judgedAt) + clocksApart
}
