import { documentsIn } from '../../domain/backupBrief.js'
import { alarmsOf, type Alarm, type Weighed } from '../../domain/retention/guard.js'
import { byContent, isKeepable, judgeRetention } from '../../domain/retention/judge.js'
import type { RetentionPolicy } from '../../domain/retention/policy.js'
import type { Verdict } from '../../domain/retention/verdict.js'
import type { Target } from '../../domain/target.js'
import type { Catalog, CatalogEntry, Trashed } from '../../ports/shelf.js'
import type { World } from '../../ports/world.js'
import { safetyBackupsInUse } from '../restore/safetyBackups.js'

/** What decides over the backups of a target. */
export interface RetentionSettings {
  /** Absent: nothing is ever removed. */
  readonly policy?: RetentionPolicy
  /** IANA name. */
  readonly timeZone: string
  /** Seconds that a removed backup can be brought back. */
  readonly trashSeconds: number
  /** What still needs a backup of a target, in words. */
  readonly neededBy: (target: Target) => (id: string) => readonly string[]
  /** The policy of a place for copies, by its name; none: nothing is ever removed there. */
  readonly policyAt?: (place: string) => RetentionPolicy | undefined
}

/** The part of the world that judging looks at. */
export type JudgeWorld = Pick<World, 'shelf' | 'receipts' | 'clock'>

/** A shelf with what retention makes of it. Nothing is changed by looking. */
export interface ExaminedShelf extends Catalog {
  /** In the order of the entries. */
  readonly verdicts: readonly Verdict[]
  /** Ids that would be moved to the trash. */
  readonly going: readonly string[]
  /** What speaks against it. */
  readonly alarms: readonly Alarm[]
  /** Those in the trash whose time is over. */
  readonly expired: readonly Trashed[]
  /** Those whose time is over, and that stay: the shelf has no good one of their content, they may be the last. */
  readonly held: readonly Trashed[]
}

/** Looks at a target's shelf and judges every backup on it. */
export async function examineShelf(
  target: Target,
  retention: RetentionSettings,
  world: JudgeWorld,
): Promise<ExaminedShelf> {
  const shelf = world.shelf(target)
  const { entries, unreadable } = await shelf.catalog()
  const now = world.clock.now()
  const backups = entries.map(weighed)
  const inUse = await safetyBackupsInUse(target, world.receipts)
  const { policy, timeZone, trashSeconds } = retention
  const verdicts = policy
    ? judgeRetention(backups, {
        policy,
        timeZone,
        now,
        neededBy: retention.neededBy(target),
        undoes: (id) => inUse.get(id) ?? [],
      })
    : backups.map(({ id }) => keptAnyway(id))
  const over = (await shelf.trash()).filter(({ removedAt }) => {
    const age = removedAt === undefined ? -1 : now.getTime() - Date.parse(removedAt)
    return age >= trashSeconds * 1000
  })
  const [archives, dataFiles] = byContent(backups)
  const replaced = ({ content }: Trashed) =>
    (content === 'dataFiles' ? dataFiles : archives).some(
      (backup) => backup.purpose === 'backup' && isKeepable(backup),
    )
  const expired = over.filter(replaced)
  const prunes = await earlierPrunes(target, world)
  return {
    entries,
    unreadable,
    verdicts,
    going: verdicts.filter(({ keep }) => !keep).map(({ id }) => id),
    alarms: alarmsOf({ backups, verdicts, now, prunes, expired: expired.length }),
    expired,
    held: over.filter((one) => !replaced(one)),
  }
}

/** The verdict where no policy is configured. */
export function keptAnyway(
  id: string,
  says = 'ops.yaml has no backup.retention: nothing is removed',
): Verdict {
  return { id, keep: true, reasons: [{ rule: 'unconfigured', says }] }
}

/** What judging and guarding look at of a backup. */
export function weighed({ manifest, present }: Omit<CatalogEntry, 'path'>): Weighed {
  const { id, takenAt, sequence, purpose, content, trust, rawBytes, wholeInstance, databases } =
    manifest
  return {
    id,
    takenAt,
    ...(sequence === undefined ? {} : { sequence }),
    purpose,
    ...(content === undefined ? {} : { content }),
    trust,
    present,
    rawBytes,
    documents: documentsIn(manifest),
    scope: wholeInstance ? '*' : databases.toSorted().join('/'),
  }
}

/** Prunes of a target that removed something, newest first. What was named by hand says nothing of what is usual. */
async function earlierPrunes(target: Target, { receipts }: JudgeWorld) {
  return (await receipts.list())
    .filter(({ command, state }) => pruneCommands.includes(command) && state === 'done')
    .filter((receipt) => receipt.target === target.name && (receipt.shelf?.removed.length ?? 0) > 0)
    .map(({ startedAt, shelf }) => ({ at: startedAt, removed: shelf?.removed.length ?? 0 }))
}

/** Commands that apply the retention. */
const pruneCommands: readonly string[] = ['backup prune', 'backup']
