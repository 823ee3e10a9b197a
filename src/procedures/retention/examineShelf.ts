import { documentsIn } from '../../domain/backupBrief.js'
import { momentOf } from '../../domain/backupId.js'
import type { Alarm, EarlierPrune, Weighed } from '../../domain/retention/alarm.js'
import { erasableOf } from '../../domain/retention/erasable.js'
import { alarmsOf } from '../../domain/retention/guard.js'
import { judgeRetention } from '../../domain/retention/judge.js'
import type { RetentionPolicy } from '../../domain/retention/policy.js'
import type { Verdict } from '../../domain/retention/verdict.js'
import type { Target } from '../../domain/target.js'
import type { Catalog, CatalogEntry, Trashed } from '../../ports/shelf.js'
import type { World } from '../../ports/world.js'
import { safetyBackupsInUse } from '../restore/safetyBackups.js'

/** What needs a backup, in words; nothing where nothing does. */
export type NeededBy = (id: string) => readonly string[]

/** What decides over the backups of a target. */
export interface RetentionSettings {
  /** Absent: nothing is ever removed. */
  readonly policy?: RetentionPolicy
  /** IANA name. */
  readonly timeZone: string
  /** Seconds that a removed backup can be brought back. */
  readonly trashSeconds: number
  /** What still needs a backup of a target, in words. */
  readonly neededBy: (target: Target, now: Date) => NeededBy | Promise<NeededBy>
  /** Seconds back from now whose slices stay whatever becomes of their base; absent: no slice is ever removed. */
  readonly sliceSeconds?: number
  /** The policy of a place for copies, by its name; none: nothing is ever removed there. */
  readonly policyAt?: (place: string) => RetentionPolicy | undefined
}

/** Seconds whose slices a place keeps whatever becomes of their base; nothing where no slice is ever removed from it. */
export function sliceSecondsAt(
  place: string,
  settings: Pick<RetentionSettings, 'policyAt' | 'sliceSeconds'> | undefined,
): number | undefined {
  return settings?.policyAt?.(place) === undefined ? undefined : settings.sliceSeconds
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
  /** What is in the trash and may be deleted for good. */
  readonly erasable: readonly Trashed[]
  /** Those of them whose time is over. */
  readonly expired: readonly Trashed[]
  /** What stays in the trash although its time is over: the shelf holds no good backup of that content. */
  readonly heldBack: readonly Trashed[]
  /** Whether the trash holds any that must not be deleted, its time over or not: what leads on from it stays with it. */
  readonly keepsAny: boolean
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
        neededBy: await retention.neededBy(target, world.clock.now()),
        undoes: (id) => inUse.get(id) ?? [],
      })
    : backups.map(({ id }) => keptAnyway(id))
  const trash = await shelf.trash()
  const over = trash.filter(({ removedAt }) => {
    const age = removedAt === undefined ? -1 : now.getTime() - Date.parse(removedAt)
    return age >= trashSeconds * 1000
  })
  const erasable = erasableOf(trash, backups)
  const expired = over.filter((each) => erasable.includes(each))
  const heldBack = over.filter((each) => !erasable.includes(each))
  const keepsAny = trash.length > erasable.length
  const prunes = await earlierPrunes(target, world)
  const removed = prunes.flatMap(({ ids }) => ids)
  const formerly = [...trash.map(({ id }) => id), ...removed].flatMap(takenFor)
  return {
    entries,
    unreadable,
    verdicts,
    going: verdicts.filter(({ keep }) => !keep).map(({ id }) => id),
    alarms: alarmsOf({ backups, verdicts, now, prunes, formerly, expired: expired.length }),
    erasable,
    expired,
    heldBack,
    keepsAny,
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

/** When a backup was taken for its own sake (milliseconds since 1970): a safety backup belongs to no rhythm. */
export function takenFor(id: string): readonly number[] {
  const moment = id.endsWith('-safety') ? undefined : momentOf(id)
  return moment === undefined ? [] : [moment]
}

/** Prunes of a target that removed something, newest first. What was named by hand says nothing of what is usual. */
async function earlierPrunes(
  target: Target,
  { receipts }: JudgeWorld,
): Promise<readonly (EarlierPrune & { readonly ids: readonly string[] })[]> {
  return (await receipts.list()).flatMap((receipt) => {
    const { command, state, startedAt, shelf } = receipt
    if (receipt.target !== target.name || !pruneCommands.includes(command)) return []
    if (state !== 'done' || shelf === undefined) return []
    const { removed: ids, erased = [], accepted = [] } = shelf
    if (ids.length === 0 && erased.length === 0) return []
    return [{ at: startedAt, removed: ids.length, ids, accepted }]
  })
}

/** Commands that apply the retention. */
const pruneCommands: readonly string[] = ['backup prune', 'backup']
