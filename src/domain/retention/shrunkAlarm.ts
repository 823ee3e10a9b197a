import { newestFirst } from '../backupOrder.js'
import type { Alarm, PruneEvidence, Weighed } from './alarm.js'
import { isKeepable } from './judge.js'
import { median } from './median.js'

/** A backup with less than this part of the usual is suspicious. */
const shrunkPart = 0.5

/** So many of the last usual ones say what is usual. */
const usualOnes = 5

/**
 * Whether the newest good backup of a kind (content and scope) holds far less than those before it: what they hold may be
 * gone from the server. One alarm for each kind.
 */
export function shrunkAlarms({ backups, prunes }: PruneEvidence): readonly Alarm[] {
  const good = backups.filter((backup) => backup.purpose === 'backup' && isKeepable(backup))
  const accepted = prunes
    .flatMap((prune) => prune.accepted ?? [])
    .flatMap(({ about }) => about ?? [])
  return [...new Set(good.map(kindOf))].flatMap((kind) => {
    const alike = (backup: Weighed) => kindOf(backup) === kind
    return shrunkOf(good.filter(alike), accepted.filter(alike)) ?? []
  })
}

function kindOf({ content, scope }: Weighed): string {
  return `${content === 'dataFiles' ? 'files' : 'archive'} ${scope}`
}

/**
 * Walks through the backups as they were taken. One that shrank says nothing of what is usual, however many like it
 * follow: what was asked stays asked until somebody accepts it. From an accepted one on, that one is the measure; it is known from
 * the receipt, so that it need not be on the shelf any more.
 */
function shrunkOf(good: readonly Weighed[], accepted: readonly Weighed[]): Alarm | undefined {
  const known = new Set(accepted.map(({ id }) => id))
  const all = [...accepted, ...good.filter(({ id }) => !known.has(id))]
  let usual: readonly Weighed[] = []
  let alarm: Alarm | undefined
  for (const backup of newestFirst(all, (each) => each).toReversed()) {
    alarm = known.has(backup.id) ? undefined : against(usual, backup)
    if (known.has(backup.id)) usual = [backup]
    else if (alarm === undefined) usual = [...usual, backup].slice(-usualOnes)
  }
  return alarm
}

function against(usual: readonly Weighed[], backup: Weighed): Alarm | undefined {
  for (const [what, measure] of [
    ['documents', ({ documents }: Weighed) => documents],
    ['bytes', ({ rawBytes }: Weighed) => rawBytes],
  ] as const) {
    const before = median(usual.map(measure))
    const has = measure(backup)
    if (before !== undefined && has < before * shrunkPart)
      return {
        code: 'PRUNE_SHRUNK',
        accept: 'shrunk',
        says: `the newest good backup (${backup.id}) holds ${has.toString()} ${what}, those before it ${before.toString()}`,
        about: backup,
      }
  }
  return undefined
}
