import { milliseconds } from './duration.js'

/**
 * How long a run of `ops health` takes at most where nobody says: Nagios kills a plugin after a minute (`service_check_timeout`), and
 * reports nothing of what it saw.
 */
export const usualHealthTime = '45s'

/** Part of the time that stays for starting to judge, for printing, and for a machine that is slow. */
const spare = 0.1

/** Seconds: what is asked for less than that has no time to look at anything. */
const least = 0.5

/** Seconds that looking may take, of a run that may take so long and has been going for so many seconds. */
export function secondsForLooking(within: string, passed: number): number {
  const whole = (milliseconds(within) ?? 0) / 1000
  return Math.max(least, whole * (1 - spare) - passed)
}
