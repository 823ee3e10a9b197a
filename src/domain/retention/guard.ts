import type { Alarm, PruneEvidence } from './alarm.js'
import { clockAlarm } from './clockAlarm.js'
import { countAlarm } from './countAlarm.js'
import { shrunkAlarms } from './shrunkAlarm.js'

/**
 * Everything that speaks against removing what the verdicts say. Empty where nothing is to be removed. What is in the trash
 * was counted when it was moved there; whether its time is over only the clock says, and whether it may be needed after
 * all, the newest backup.
 */
export function alarmsOf(evidence: PruneEvidence): readonly Alarm[] {
  const moving = evidence.verdicts.some(({ keep }) => !keep)
  if (!moving && evidence.expired === 0) return []
  return [
    clockAlarm(evidence),
    ...(moving ? [countAlarm(evidence)] : []),
    ...shrunkAlarms(evidence),
  ].filter((alarm) => alarm !== undefined)
}
