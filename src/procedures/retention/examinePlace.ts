import { formOf } from '../../domain/backupFile.js'
import type { Manifest } from '../../domain/manifest.js'
import { judgeCopies, type Copied } from '../../domain/retention/copies.js'
import type { Alarm, EarlierPrune, Weighed } from '../../domain/retention/alarm.js'
import { alarmsOf } from '../../domain/retention/guard.js'
import { isKeepable } from '../../domain/retention/judge.js'
import type { Verdict } from '../../domain/retention/verdict.js'
import type { Target } from '../../domain/target.js'
import type { CopyEntry, CopyList, CopyPlace } from '../../ports/copies.js'
import type { CatalogEntry } from '../../ports/shelf.js'
import { safetyBackupsInUse } from '../restore/safetyBackups.js'
import {
  keptAnyway,
  takenFor,
  weighed,
  type JudgeWorld,
  type RetentionSettings,
} from './examineShelf.js'

/** A target, and one place that its backups are copied to. */
export interface PlaceRequest {
  readonly target: Target
  readonly place: CopyPlace
  readonly retention: RetentionSettings
  /** Ends looking. */
  readonly signal: AbortSignal
}

/** The copies of a target at a place with what retention makes of them. Nothing is changed by looking. */
export interface ExaminedPlace {
  /** Newest first. */
  readonly entries: readonly CopyEntry[]
  /** In the order of the entries. */
  readonly verdicts: readonly Verdict[]
  /** Ids of the copies that would be removed. */
  readonly going: readonly string[]
  /** What speaks against it. */
  readonly alarms: readonly Alarm[]
  /** Ids whose removal was cut off. */
  readonly unfinished: readonly string[]
}

/** Looks at what a place holds of a target, and judges every copy by the manifests there. Throws what the place throws. */
export async function examinePlace(
  request: PlaceRequest,
  world: JudgeWorld,
): Promise<ExaminedPlace> {
  const { target, place, signal } = request
  return judgePlace(await place.list(target.name, signal), request, world)
}

/** Judges every copy of a list. Throws what looking at the shelf and at the receipts throws. */
export async function judgePlace(
  { entries: all, unfinished }: CopyList,
  { target, place, retention }: Omit<PlaceRequest, 'signal'>,
  world: JudgeWorld,
): Promise<ExaminedPlace> {
  // What calls itself another target's is not ours to judge, wherever it lies.
  const entries = all.filter(({ manifest }) => manifest.target === target.name)
  const shelf = (await world.shelf(target).catalog()).entries
  const now = world.clock.now()
  const copies = entries.map((entry) => copied(entry, place.name, shelf))
  const inUse = await safetyBackupsInUse(target, world.receipts)
  const policy = retention.policyAt?.(place.name)
  const verdicts = policy
    ? judgeCopies(copies, {
        policy,
        called: `the retention of ${place.name}`,
        timeZone: retention.timeZone,
        now,
        neededBy: await retention.neededBy(target, world.clock.now()),
        undoes: (id) => inUse.get(id) ?? [],
        shelfHasGood: (content) => hasGood(shelf, content),
      })
    : copies.map(({ id }) => keptAnyway(id, 'ops.yaml names no retention for this place'))
  const prunes = await earlierPrunes(target, place, world)
  const formerly = prunes.flatMap(({ ids }) => ids).flatMap(takenFor)
  return {
    entries,
    verdicts,
    going: verdicts.filter(({ keep }) => !keep).map(({ id }) => id),
    alarms: alarmsOf({ backups: copies, verdicts, now, prunes, formerly, expired: 0 }),
    unfinished,
  }
}

/** A copy as it is judged: by its manifest there, and by what the shelf has learned of the same bytes since. */
function copied(
  { manifest, present }: CopyEntry,
  place: string,
  shelf: readonly CatalogEntry[],
): Copied & Weighed {
  const copy = weighed({ manifest, present })
  const entry = shelf.find(({ manifest: { id } }) => id === manifest.id)
  if (!entry) return { ...copy, onShelf: 'gone' }
  const onShelf = isKeepable({ trust: entry.manifest.trust, present: entry.present })
    ? 'good'
    : 'not good'
  const doubt = doubtOf(manifest, place, entry)
  if (doubt !== undefined) return { ...copy, trust: 'unverified', doubt, onShelf }
  // What a trial restore proved of the file on the shelf holds for the same bytes elsewhere.
  const proved = entry.manifest.trust === 'restore-tested' && copy.trust === 'sound'
  return { ...copy, ...(proved ? { trust: 'restore-tested' } : {}), onShelf }
}

function doubtOf(manifest: Manifest, place: string, entry: CatalogEntry): string | undefined {
  if (entry.manifest.sha256 !== manifest.sha256)
    return 'the shelf has another backup with that id (its SHA-256 differs)'
  const note = entry.manifest.copies?.find(({ to }) => to === place)
  if (note?.state !== 'failed') return undefined
  return note.because ?? 'the last attempt to copy it failed'
}

/** Whether the shelf has a good backup of its own of that content. */
function hasGood(
  shelf: readonly CatalogEntry[],
  content: Manifest['content'] = 'archive',
): boolean {
  return shelf.some(
    ({ manifest, present }) =>
      manifest.purpose === 'backup' &&
      isKeepable({ trust: manifest.trust, present }) &&
      formOf(manifest).content === content,
  )
}

/** Prunes of this target at this place that removed something, newest first; also those that did not get to their end. */
async function earlierPrunes(
  target: Target,
  place: CopyPlace,
  { receipts }: JudgeWorld,
): Promise<readonly (EarlierPrune & { readonly ids: readonly string[] })[]> {
  return (await receipts.list()).flatMap((receipt) => {
    if (receipt.target !== target.name || receipt.copies?.place !== place.name) return []
    const { removed: ids, accepted = [] } = receipt.copies
    return ids.length > 0 ? [{ at: receipt.startedAt, removed: ids.length, ids, accepted }] : []
  })
}
