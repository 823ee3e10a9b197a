import type { Discarded } from './discarded.js'
import { isGood } from './trust.js'
import type { Manifest } from './manifest.js'
import { newestMoment } from './oplog/newest.js'
import { compareOptimes, secondOf } from './oplog/optime.js'
import { stretchFor } from './oplog/stretch.js'
import type { History } from './oplog/timelines.js'
import { restorePointOf, type RestorePoint } from './restorePoint.js'

/** The newest state of a target that could be brought back. */
export interface Protection {
  /** The backup, or the base that slices continue. */
  readonly id: string
  readonly kind: 'backup' | 'slices'
  /** What comes back is as of then, RFC 3339 UTC. */
  readonly at: string
  readonly point: RestorePoint
  /** Uncompressed bytes of the backup. */
  readonly rawBytes: number
  /** Entries of the oplog that are replayed behind it. */
  readonly entries: number
}

/** A backup, on a shelf or at a place. */
export interface HeldBackup {
  readonly manifest: Manifest
  readonly present: boolean
}

/**
 * The newest state that good backups, and the slices behind them, lead to; nothing where none does. One that does not hold all of
 * `databases`, those that a target names, brings back a part of it alone, and does not count.
 */
export function newestProtection(
  backups: readonly HeldBackup[],
  history: Pick<History, 'reaches'>,
  databases: readonly string[],
): Protection | undefined {
  const good = backups.filter((one) => isGoodBackup(one) && holdsAll(one.manifest, databases))
  const alone = good.flatMap(({ manifest }): Protection[] => {
    const point = restorePointOf({ oplog: manifest.oplog, manifest })
    return point ? [{ ...common(manifest, point), kind: 'backup', entries: 0 }] : []
  })
  return newestOf([...alone, ...behindSlices(good, history)])
}

/** What tells whether a backup is good, and what it holds. */
type HeldScope = Pick<Manifest, 'purpose' | 'trust' | 'content' | 'wholeInstance' | 'databases'>

/** Databases that a target names, and that no good backup holds. */
export function unheldDatabases(
  backups: readonly { readonly manifest: HeldScope; readonly present: boolean }[],
  databases: readonly string[],
): readonly string[] {
  const good = backups.filter(isGoodBackup)
  return databases.filter(
    (database) => !good.some(({ manifest }) => holdsAll(manifest, [database])),
  )
}

function isGoodBackup({
  manifest,
  present,
}: {
  readonly manifest: HeldScope
  readonly present: boolean
}): boolean {
  return present && manifest.purpose === 'backup' && isGood(manifest.trust)
}

/** A backup of the whole instance has all that there was; where a target names no database, all is what is wanted. */
function holdsAll(manifest: HeldScope, databases: readonly string[]): boolean {
  if (manifest.content === 'dataFiles' || manifest.wholeInstance) return true
  return databases.length > 0 && databases.every((name) => manifest.databases.includes(name))
}

/** Of several the newest. */
export function newestOf(all: readonly Protection[]): Protection | undefined {
  return all.toSorted((one, other) => compareOptimes(one.point.at, other.point.at)).at(-1)
}

/** Whether two are as of the same entry of the oplog: within a second there may be many. */
export function isSameState(one: Protection | null, other: Protection | null): boolean {
  if (!one || !other) return one === other
  return compareOptimes(one.point.at, other.point.at) === 0
}

function behindSlices(
  good: readonly HeldBackup[],
  history: Pick<History, 'reaches'>,
): readonly Protection[] {
  const moment = newestMoment(history)
  if (!moment) return []
  const { base, slices, until } = stretchFor(history, moment)
  const manifest = good.find((one) => one.manifest.id === base.id)?.manifest
  if (!manifest) return []
  const entries = slices.reduce((sum, { count }) => sum + count, 0)
  return [{ ...common(manifest, { at: until, exact: true }), kind: 'slices', entries }]
}

function common({ id, rawBytes }: Manifest, point: RestorePoint) {
  return { id, rawBytes, point, at: secondOf(point.at).toISOString() }
}

/** What a disaster would cost now. */
export interface Exposure {
  /** Seconds of writes; null where everything would be lost. 0 where nothing was written since. */
  readonly seconds: number | null
  /** Writes; null where they could not be counted. */
  readonly operations: number | null
  /** Whether there may be more of them than that. */
  readonly isMinimum: boolean
}

/** What would be lost of everything since the newest state that could be brought back. `now` is RFC 3339 UTC. */
export function exposureOf(
  newest: Pick<Protection, 'at'> | null,
  lost: Discarded | null | undefined,
  now: string,
): Exposure {
  if (!newest) return { seconds: null, operations: null, isMinimum: false }
  const age = Math.max(0, Math.round((Date.parse(now) - Date.parse(newest.at)) / 1000))
  if (!lost || lost.notCounted !== null) return { seconds: age, operations: null, isMinimum: false }
  const { operations } = lost
  const isMinimum = lost.more !== null
  return { seconds: operations === 0 && !isMinimum ? 0 : age, operations, isMinimum }
}
