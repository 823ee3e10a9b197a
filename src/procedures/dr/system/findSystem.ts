import { formOf } from '../../../domain/backupFile.js'
import { requireBackupId } from '../../../domain/backupId.js'
import { Failure } from '../../../domain/failure.js'
import type { Manifest } from '../../../domain/manifest.js'
import { isGood } from '../../../domain/trust.js'
import type { CopyPlace } from '../../../ports/copies.js'
import { kitAt, type ReadKit } from './kitAt.js'

/** What a place has of a system that is gone. */
export interface FoundSystem {
  /** The newest kit that can be read, or that of the backup that was named. */
  readonly kit: ReadKit
  /** Archives that may be relied on, by target; newest first. The one that was named is alone. */
  readonly backups: Readonly<Record<string, readonly Manifest[]>>
  /** What stood in the way of newer ones. */
  readonly notes: readonly string[]
}

/** What of it is wanted. */
export interface WantedSystem {
  /** Id of a backup; absent: the newest good one of each target. */
  readonly backup?: string
  readonly target?: string
}

/**
 * Finds targets, archives and the kit at a place. Throws `SYSTEM_NOT_FOUND`, `BACKUP_NOT_FOUND`, `KIT_MISSING` (not-found),
 * `NO_SOUND_BACKUP`, `KIT_DAMAGED` (integrity), and what the place throws.
 */
export async function findSystem(
  place: CopyPlace,
  { backup, target }: WantedSystem,
  signal: AbortSignal,
): Promise<FoundSystem> {
  if (backup !== undefined) requireBackupId(backup)
  const names = (await place.targets(signal)).filter(
    (name) => target === undefined || name === target,
  )
  if (names.length === 0) throw nothingThere(place, target)
  const notes: string[] = []
  const backups: Record<string, readonly Manifest[]> = {}
  for (const name of names) {
    const found = await goodOnes(name, place, notes, signal)
    if (found.length > 0) backups[name] = found
  }
  const named = backup === undefined ? undefined : requireNamed(backup, backups, place)
  if (named) backups[named.target] = [named]
  const candidates = named ? [named] : Object.values(backups).flat().toSorted(newest)
  if (candidates.length === 0) throw noneSound(place, names)
  return { kit: await firstKit(candidates, place, notes, signal), backups, notes }
}

async function goodOnes(
  target: string,
  place: CopyPlace,
  notes: string[],
  signal: AbortSignal,
): Promise<readonly Manifest[]> {
  const { entries, unreadable } = await place.list(target, signal)
  for (const { file, reason } of unreadable) notes.push(`${file} cannot be read: ${reason}`)
  const archives = entries.filter(
    ({ manifest }) => manifest.purpose === 'backup' && formOf(manifest).content === 'archive',
  )
  const good = archives.filter(({ manifest, present }) => present && isGood(manifest.trust))
  const first = archives.findIndex(({ manifest }) => manifest === good[0]?.manifest)
  for (const { manifest, present } of archives.slice(0, first < 0 ? undefined : first)) {
    const why = present ? manifest.trust : 'not there as a whole'
    notes.push(`${manifest.id} is newer, and passed over: it is ${why}`)
  }
  return good.map(({ manifest }) => manifest)
}

/** The kit of the newest one; where that cannot be read, of the one before, and that is said. */
async function firstKit(
  candidates: readonly Manifest[],
  place: CopyPlace,
  notes: string[],
  signal: AbortSignal,
): Promise<ReadKit> {
  let first: unknown
  for (const manifest of candidates) {
    try {
      return await kitAt(manifest, place, signal)
    } catch (error) {
      const unread = error instanceof Failure && ['KIT_MISSING', 'KIT_DAMAGED'].includes(error.code)
      if (!unread) throw error
      first ??= error
      notes.push(error.message)
    }
  }
  throw first
}

function requireNamed(
  id: string,
  backups: Readonly<Record<string, readonly Manifest[]>>,
  place: CopyPlace,
): Manifest {
  const found = Object.values(backups)
    .flat()
    .find((manifest) => manifest.id === id)
  if (found) return found
  throw new Failure(
    'not-found',
    'BACKUP_NOT_FOUND',
    `there is no archive ${id} in ${place.where} that can be relied on`,
    ['ops dr system --from PLACE --dry-run   (the newest good one)'],
  )
}

function newest(one: Manifest, other: Manifest): number {
  return one.takenAt < other.takenAt ? 1 : -1
}

function nothingThere({ where }: CopyPlace, target: string | undefined): Failure {
  return new Failure(
    'not-found',
    'SYSTEM_NOT_FOUND',
    `there are no backups${target === undefined ? '' : ` of "${target}"`} in ${where}: folders with the names of targets are looked for`,
    ['ops dr system --from PLACE   (the folder or prefix that the targets lie in)'],
  )
}

function noneSound({ where }: CopyPlace, names: readonly string[]): Failure {
  return new Failure(
    'integrity',
    'NO_SOUND_BACKUP',
    `none of the backups of ${names.join(', ')} in ${where} can be relied on`,
    ['ops dr system --from ANOTHER'],
  )
}
