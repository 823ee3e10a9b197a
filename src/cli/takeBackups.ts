import { Failure } from '../domain/failure.js'
import type { EngineChoice, Target } from '../domain/target.js'
import { takeBackup } from '../procedures/backup/takeBackup.js'
import { takeDataFiles } from '../procedures/dataFiles/takeDataFiles.js'
import type { Compression } from '../procedures/backup/writeBackup.js'
import type { World } from '../ports/world.js'
import type { DryRun } from '../report/plan.js'
import { entryOf, type BackupEntry } from './backupEntries.js'
import { warn, type Door } from './door.js'
import { follow, type Followed, type FollowFlags } from './follow.js'

/** What `ops backup` was asked for. */
export interface BackupsRequest {
  readonly targets: readonly Target[]
  readonly engine: EngineChoice | undefined
  readonly compression: Compression
  /** A copy of the data files instead of an archive; seconds that writes may wait for it. */
  readonly physical?: { readonly lockLimitSeconds: number }
}

/** Backups of several targets, in the order they were taken. */
export interface Backups {
  readonly backups: readonly BackupEntry[]
}

/** One backup, as every single-target command sees it. */
export async function backupOf(
  target: Target,
  { engine, compression, physical }: Omit<BackupsRequest, 'targets'>,
  world: World,
  flags: FollowFlags,
  door: Door,
): Promise<Followed<BackupEntry>> {
  const chosen = engine === undefined ? target : { ...target, engine }
  const request = { target: chosen, compression, safety: false }
  const followed = physical
    ? await follow(takeDataFiles, { target, compression, ...physical }, world, flags, door)
    : await follow(takeBackup, request, world, flags, door)
  if ('dryRun' in followed) return followed
  const { path, ...manifest } = followed.done
  return { done: entryOf({ manifest, path, present: true }) }
}

/**
 * A backup of each target, one after the other: one that fails keeps no other from being backed up. Throws the failure
 * of the first one that failed, naming all of them; its facts say which backups were taken.
 */
export async function backUpEach(
  request: BackupsRequest,
  world: World,
  flags: FollowFlags,
  door: Door,
): Promise<Backups | { readonly dryRuns: readonly DryRun[] }> {
  const backups: BackupEntry[] = []
  const dryRuns: DryRun[] = []
  const failed: { readonly target: string; readonly failure: Failure }[] = []
  for (const target of request.targets) {
    try {
      const followed = await backupOf(target, request, world, flags, door)
      if ('dryRun' in followed) dryRuns.push(followed)
      else backups.push(followed.done)
    } catch (error) {
      if (!(error instanceof Failure) || door.interruption.signal.aborted) throw error
      failed.push({ target: target.name, failure: error })
      warn(door, `${target.name} was not backed up: ${error.message}`)
    }
  }
  if (failed[0]) throw together(failed[0].failure, failed, backups, request.targets.length)
  return dryRuns.length > 0 ? { dryRuns } : { backups }
}

function together(
  first: Failure,
  failed: readonly { readonly target: string; readonly failure: Failure }[],
  backups: readonly BackupEntry[],
  all: number,
): Failure {
  const names = failed.map(({ target }) => target).join(', ')
  return new Failure(
    first.kind,
    first.code,
    `${failed.length.toString()} of ${all.toString()} targets were not backed up (${names}): ${first.message}`,
    [...failed.map(({ target }) => `ops backup --target ${target}`), ...first.next],
    {
      cause: first,
      facts: {
        taken: backups.map(({ id }) => id),
        failed: failed.map(({ target, failure: { code, message } }) => ({ target, code, message })),
      },
    },
  )
}
