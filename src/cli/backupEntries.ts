import type { CopyState } from '../domain/copy.js'
import { Failure } from '../domain/failure.js'
import type { Manifest } from '../domain/manifest.js'
import type { Target } from '../domain/target.js'
import type { ShelfEntry } from '../ports/shelf.js'
import type { World } from '../ports/world.js'
import { backupById, latestBackup } from '../procedures/backup/catalog.js'

/** A backup as lists and `--json` have it: the manifest without the parts only a restore reads. */
export interface BackupEntry extends Omit<Manifest, 'collections' | 'compression' | 'oplog'> {
  readonly collections: Readonly<
    Record<string, { readonly documents: number; readonly bytes: number }>
  >
  /** Absolute path of the file. */
  readonly path: string
  /** Whether the file is there with the size the manifest says. */
  readonly present: boolean
  /** Copies elsewhere. */
  readonly copies: readonly CopyState[]
}

/** What `backup list` answers, newest first. */
export interface BackupList {
  readonly backups: readonly BackupEntry[]
  /** Manifests that cannot be read: never deleted, always named. */
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[]
}

/** The entry of a backup on the shelf. */
export function entryOf({ manifest, path, present }: ShelfEntry): BackupEntry {
  const {
    schema,
    id,
    target,
    purpose,
    takenAt,
    finishedAt,
    seconds,
    file,
    bytes,
    rawBytes,
    sha256,
    trust,
    judgedAt,
    judgement,
    engine,
    exitCode,
    wholeInstance,
    databases,
    collections,
    consistentAt,
    content,
    dataFiles,
    encrypted,
    recipients,
    copies,
    tested,
    serverVersion,
    toolVersion,
    replicaSet,
    host,
    opsVersion,
  } = manifest
  return {
    schema,
    id,
    target,
    purpose,
    takenAt,
    finishedAt,
    seconds,
    file,
    bytes,
    rawBytes,
    sha256,
    trust,
    judgedAt,
    judgement,
    engine,
    exitCode,
    wholeInstance,
    databases,
    encrypted,
    serverVersion,
    toolVersion,
    host,
    opsVersion,
    ...(consistentAt === undefined ? {} : { consistentAt }),
    ...(content === undefined ? {} : { content }),
    ...(dataFiles === undefined ? {} : { dataFiles }),
    ...(recipients === undefined ? {} : { recipients }),
    ...(tested === undefined ? {} : { tested }),
    ...(replicaSet === undefined ? {} : { replicaSet }),
    collections: Object.fromEntries(
      Object.entries(collections).map(([name, { documents, bytes }]) => [
        name,
        { documents, bytes },
      ]),
    ),
    path,
    present,
    copies: copies ?? [],
  }
}

/** Every backup of these targets. */
export async function listBackups(
  targets: readonly Target[],
  world: Pick<World, 'shelf'>,
): Promise<BackupList> {
  const shelves = targets.map((target) => world.shelf(target))
  const entries = (await Promise.all(shelves.map((shelf) => shelf.list()))).flat()
  return {
    backups: entries
      .map(entryOf)
      .sort(
        (one, other) => other.takenAt.localeCompare(one.takenAt) || other.id.localeCompare(one.id),
      ),
    unreadable: (await Promise.all(shelves.map((shelf) => shelf.unreadable()))).flat(),
  }
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
