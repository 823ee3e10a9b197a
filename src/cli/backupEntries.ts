import { briefOf, type BackupBrief } from '../domain/backupBrief.js'
import type { CopyState } from '../domain/copy.js'
import { Failure } from '../domain/failure.js'
import type { Verdict } from '../domain/retention/verdict.js'
import type { Target } from '../domain/target.js'
import type { CatalogEntry, ShelfEntry } from '../ports/shelf.js'
import type { World } from '../ports/world.js'
import { backupById, latestBackup } from '../procedures/backup/catalog.js'
import {
  examineShelf,
  type ExaminedShelf,
  type JudgeWorld,
  type RetentionSettings,
} from '../procedures/retention/examineShelf.js'
import { placeNamed } from '../procedures/copies/places.js'
import { judgePlace } from '../procedures/retention/examinePlace.js'

/** A backup as lists and `--json` have it: the manifest without the parts only a restore reads. */
export interface BackupEntry extends BackupBrief {
  /** Absolute path of the file. */
  readonly path: string
  /** Whether the file is there with the size the manifest says. */
  readonly present: boolean
  /** Copies elsewhere. */
  readonly copies: readonly CopyState[]
}

/** An entry with what retention makes of it. */
export interface JudgedEntry extends BackupEntry {
  readonly retention: Pick<Verdict, 'keep' | 'reasons'>
}

/** What `backup list` answers, newest first. */
export interface BackupList {
  readonly backups: readonly JudgedEntry[]
  /** Manifests that cannot be read: never deleted, always named. */
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[]
}

/** The entry of a backup on the shelf. */
export function entryOf({ manifest, path, present }: ShelfEntry): BackupEntry {
  return entryOfBrief({ manifest: briefOf(manifest), path, present })
}

function entryOfBrief({ manifest, path, present }: CatalogEntry): BackupEntry {
  return { ...manifest, path, present, copies: manifest.copies ?? [] }
}

/** Every backup of these targets, and why each is kept. */
export async function listBackups(
  targets: readonly Target[],
  retention: RetentionSettings,
  world: JudgeWorld,
): Promise<BackupList> {
  const shelves = await Promise.all(targets.map((target) => examineShelf(target, retention, world)))
  return {
    backups: shelves
      .flatMap(judgedEntries)
      .sort((one, other) => byText(other.takenAt, one.takenAt) || byText(other.id, one.id)),
    unreadable: shelves.flatMap(({ unreadable }) => unreadable),
  }
}

/** The entry of one backup, and why it is kept. */
export async function judgedEntry(
  { target, entry }: NamedBackup,
  retention: RetentionSettings,
  world: JudgeWorld,
): Promise<JudgedEntry> {
  const verdicts = verdictsById(await examineShelf(target, retention, world))
  return judged(entryOf(entry), verdicts)
}

function judgedEntries(shelf: ExaminedShelf): readonly JudgedEntry[] {
  const verdicts = verdictsById(shelf)
  return shelf.entries.map((entry) => judged(entryOfBrief(entry), verdicts))
}

function verdictsById({ verdicts }: Pick<ExaminedShelf, 'verdicts'>): ReadonlyMap<string, Verdict> {
  return new Map(verdicts.map((verdict) => [verdict.id, verdict]))
}

function judged(entry: BackupEntry, verdicts: ReadonlyMap<string, Verdict>): JudgedEntry {
  const { keep, reasons } = verdicts.get(entry.id) ?? { keep: true, reasons: [] }
  return { ...entry, retention: { keep, reasons } }
}

/** Ids and times are plain ASCII: what a language makes of them is of no interest, and slow. */
function byText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

/** Every copy of these targets in a place. Throws `COPY_PLACE_UNKNOWN` (not-found), and what the place throws. */
export async function listCopies(
  targets: readonly Target[],
  from: string,
  retention: RetentionSettings,
  world: JudgeWorld & Pick<World, 'copies'>,
  signal: AbortSignal,
): Promise<BackupList> {
  const place = placeNamed(from, world.copies)
  const lists = await Promise.all(
    targets.map(async (target) => {
      const list = await place.list(target.name, signal)
      // On the day the copies are needed the shelf may be what is broken.
      const examined = await judgePlace(list, { target, place, retention }, world).catch(
        () => undefined,
      )
      return { ...list, verdicts: examined ? verdictsById(examined) : new Map<string, Verdict>() }
    }),
  )
  return {
    backups: lists
      .flatMap(({ entries, verdicts }) => entries.map((entry) => ({ ...entry, verdicts })))
      .map(({ manifest, present, verdicts }) =>
        judged(
          entryOf({ manifest, present, path: `${from}:${manifest.target}/${manifest.file}` }),
          verdicts,
        ),
      )
      .sort(newestFirst),
    unreadable: lists.flatMap(({ unreadable }) => unreadable),
  }
}

function newestFirst(one: BackupEntry, other: BackupEntry): number {
  return other.takenAt.localeCompare(one.takenAt) || other.id.localeCompare(one.id)
}

/** A backup that somebody named, and whose it is. */
export interface NamedBackup {
  readonly target: Target
  readonly entry: ShelfEntry
}

/**
 * The backup with that id on any of these shelves; the newest good one for `latest`, where the targets must be one.
 * Throws `BACKUP_NOT_FOUND`, `NO_BACKUP` (not-found), `NO_SOUND_BACKUP` (integrity), `BACKUP_ID_INVALID`,
 * `TARGET_REQUIRED` (usage).
 */
export async function findBackup(
  id: string,
  targets: readonly Target[],
  world: Pick<World, 'shelf'>,
): Promise<NamedBackup> {
  const [first, ...others] = targets
  if (!first)
    throw new Failure('usage', 'TARGET_REQUIRED', 'ops.yaml names no target', ['ops init'])
  if (id === 'latest') {
    if (others.length === 0)
      return { target: first, entry: await latestBackup(first, world.shelf(first)) }
    throw new Failure(
      'usage',
      'TARGET_REQUIRED',
      `each target has a latest backup: ${targets.map(({ name }) => name).join(', ')}`,
      targets.map(({ name }) => `ops backup show latest --target ${name}`),
    )
  }
  const target = ownerOf(id, targets) ?? first
  return { target, entry: await backupById(id, target, world.shelf(target)) }
}

/** The target that an id is of, as the id itself says it. */
export function ownerOf(id: string, targets: readonly Target[]): Target | undefined {
  return targets.find(
    ({ name }) => id.startsWith(`${name}-`) && /^\d{8}T/.test(id.slice(name.length + 1)),
  )
}
