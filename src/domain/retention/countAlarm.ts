import type { Alarm, PruneEvidence } from './alarm.js'
import { isKeepable } from './judge.js'

/** Removing so few is never too many. */
const fewRemoved = 5

/** Times the most that the last prunes removed. */
const unusualTimes = 4

/**
 * Whether far more would go than a run of this policy ever removes. Every backup counts, whatever was judged of it: where
 * many turn bad at once, the disk, the network or the judgement may be what is bad. A run whose number was accepted is no
 * measure for the next.
 */
export function countAlarm({ backups, verdicts, prunes }: PruneEvidence): Alarm | undefined {
  const ids = new Set(verdicts.filter(({ keep }) => !keep).map(({ id }) => id))
  if (ids.size <= fewRemoved) return undefined
  const own = backups.filter(({ purpose }) => purpose === 'backup')
  const going = own.filter(({ id }) => ids.has(id))
  const bad = backups.filter((backup) => ids.has(backup.id) && !isKeepable(backup))
  const usual = prunes
    .filter(({ removed, accepted }) => removed > 0 && accepted?.some(isMany) !== true)
    .slice(0, 5)
    .map(({ removed }) => removed)
  const most = Math.max(...usual)
  const says =
    bad.length > fewRemoved
      ? `${count(bad.length)} backups would go because they are not good (damaged, unverified, or their file is missing)`
      : going.length > fewRemoved && going.length > own.length / 2
        ? `${count(going.length)} of ${count(own.length)} backups would go`
        : usual.length >= 3 && ids.size > unusualTimes * most
          ? `${count(ids.size)} backups would go, and no run lately removed more than ${count(most)}`
          : undefined
  return says === undefined ? undefined : { code: 'PRUNE_TOO_MANY', accept: 'many', says }
}

function isMany({ accept }: Pick<Alarm, 'accept'>): boolean {
  return accept === 'many'
}

function count(number: number): string {
  return number.toString()
}
