import { Failure } from '../domain/failure.js'
import type { EngineChoice, Target } from '../domain/target.js'
import { takeBackup } from '../procedures/backup/takeBackup.js'
import type { KitRequest } from '../procedures/kit/kitRequest.js'
import { takeDataFiles } from '../procedures/dataFiles/takeDataFiles.js'
import type { Compression } from '../procedures/backup/storeStream.js'
import type { RetentionSettings } from '../procedures/retention/examineShelf.js'
import type { Patience } from '../domain/schedule.js'
import { persistently } from '../procedures/backup/persistently.js'
import type { World } from '../ports/world.js'
import type { DryRun } from '../report/plan.js'
import { entryOf, type BackupEntry } from './backupEntries.js'
import { warn, type Door } from './door.js'
import { tellAgain } from './watched.js'
import { follow, type Followed, type FollowFlags } from './follow.js'

/** What `ops backup` was asked for. */
export interface BackupsRequest {
  readonly targets: readonly Target[]
  readonly engine: EngineChoice | undefined
  readonly compression: Compression
  readonly retention: RetentionSettings
  /** Without it no recovery kit is written. */
  readonly kit?: KitRequest
  readonly patience?: Patience
  /** Hears each time how often a target is being tried by now. */
  readonly tries?: (count: number) => void
  /** A copy of the data files instead of an archive; seconds that writes may wait for it. */
  readonly physical?: { readonly lockLimitSeconds: number }
  /** A restore that left the data half done, which somebody put right by hand since. */
  readonly settled?: string
}

/** Backups of several targets, in the order they were taken. */
export interface Backups {
  readonly backups: readonly BackupEntry[]
}

/** One backup, as every single-target command sees it. */
export async function backupOf(
  target: Target,
  {
    engine,
    compression,
    retention,
    kit,
    patience,
    tries,
    physical,
    settled: said,
  }: Omit<BackupsRequest, 'targets'>,
  world: World,
  flags: FollowFlags,
  door: Door,
): Promise<Followed<BackupEntry>> {
  const chosen = engine === undefined ? target : { ...target, engine }
  const settled = said === undefined ? {} : { settled: said }
  const common = { compression, retention, ...settled }
  const request = { target: chosen, safety: false, ...common, ...(kit ? { kit } : {}) }
  const once = () =>
    physical
      ? follow(takeDataFiles, { target, ...common, ...physical }, world, flags, door)
      : follow(takeBackup, request, world, flags, door)
  const followed = await persistently(once, {
    ...(patience ?? { retries: 0, lockWaitSeconds: 0 }),
    clock: world.clock,
    signal: door.interruption.signal,
    again: (text, count) => {
      tries?.(count)
      tellAgain(door, text)
    },
  })
  if ('dryRun' in followed) return followed
  const { path, ...manifest } = followed.done
  return { done: entryOf({ manifest, path, present: true }) }
}

/**
 * A backup of each target, one after the other: one that fails keeps no other from being backed up. Throws the failure
 * of the first one that failed, naming all of them; its facts say which backups were taken. One whose backup is good, and
 * only what follows it failed, comes after those that have none.
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
      const text =
        error.kind === 'partial'
          ? error.message
          : `${target.name} was not backed up: ${error.message}`
      warn(door, text)
    }
  }
  // One that was not backed up weighs more than one that lacks a copy.
  const worst = failed.find(({ failure }) => failure.kind !== 'partial') ?? failed[0]
  if (worst) throw together(worst.failure, failed, backups, request.targets.length)
  return dryRuns.length > 0 ? { dryRuns } : { backups }
}

/** What is to be done again: a backup that is good need not be taken anew because a copy of it failed. */
function nextOf({ target, failure }: { readonly target: string; readonly failure: Failure }) {
  if (failure.kind !== 'partial') return [`ops backup --target ${target}`]
  return failure.code.startsWith('COPY_') ? [`ops backup copy --target ${target}`] : []
}

function together(
  first: Failure,
  failed: readonly { readonly target: string; readonly failure: Failure }[],
  backups: readonly BackupEntry[],
  all: number,
): Failure {
  const same = failed.filter(
    ({ failure }) => (failure.kind === 'partial') === (first.kind === 'partial'),
  )
  const names = same.map(({ target }) => target).join(', ')
  const what = first.kind === 'partial' ? 'backed up, but not all was done' : 'not backed up'
  return new Failure(
    first.kind,
    first.code,
    `${same.length.toString()} of ${all.toString()} targets were ${what} (${names}): ${first.message}`,
    [...same.flatMap(nextOf), ...first.next],
    {
      cause: first,
      facts: {
        taken: backups.map(({ id }) => id),
        failed: failed.map(({ target, failure: { code, message } }) => ({ target, code, message })),
      },
    },
  )
}
