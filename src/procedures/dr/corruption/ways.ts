import { formOf } from '../../../domain/backupFile.js'
import type { Manifest } from '../../../domain/manifest.js'
import { newestMoment } from '../../../domain/oplog/newest.js'
import { secondOf } from '../../../domain/oplog/optime.js'
import { stretchFor } from '../../../domain/oplog/stretch.js'
import type { History } from '../../../domain/oplog/timelines.js'
import type { WantedMoment } from '../../../domain/oplog/wantedMoment.js'
import type { Receipt } from '../../../domain/receipt.js'
import { newestFirst } from '../../../domain/receiptOrder.js'
import { forecastSeconds } from '../../../domain/restoreTest.js'
import { isGood } from '../../../domain/trust.js'
import type { ShelfEntry } from '../../../ports/shelf.js'

/** One way to bring data back. */
export interface Way {
  readonly kind: 'moment' | 'archive' | 'data files'
  /** The backup, or the base that slices continue. */
  readonly entry: ShelfEntry
  /** Only of a moment. */
  readonly wanted?: WantedMoment
  /** What comes back is as of then. */
  readonly at: Date
  /** Seconds it will probably take, by what was measured here; absent where nothing was. */
  readonly seconds?: number
}

/** What a recovery notes down of itself, for the next forecast. */
export interface MeasuredRecovery {
  readonly way: Way['kind']
  readonly rawBytes: number
  /** From the first byte brought back until everything was counted. */
  readonly restoreSeconds: number
}

/** What ways are found from. */
export interface WaysFacts {
  readonly entries: readonly ShelfEntry[]
  readonly history: Pick<History, 'reaches'>
  readonly receipts: readonly Receipt[]
  readonly target: string
  /** A moment that was asked for: nothing else will do. */
  readonly wanted?: WantedMoment
  /** A backup that was asked for: nothing else will do. */
  readonly backup?: string
}

/**
 * Every way to bring data back, best first: the whole folder of the server is exchanged, so that what holds all of its databases comes
 * before what holds some; then what loses least, and of what loses as much the one that is forecast to be quicker. Safety
 * backups are none: they hold what somebody wanted to leave.
 */
export function waysBack(facts: WaysFacts): readonly Way[] {
  const good = facts.entries.filter(
    ({ manifest, present }) => present && isGood(manifest.trust) && manifest.purpose === 'backup',
  )
  const rates = ratesFrom(good, facts)
  const whole = good.map((entry): Way => {
    const { manifest } = entry
    const kind = formOf(manifest).content === 'archive' ? 'archive' : 'data files'
    const at = new Date(manifest.consistentAt ?? manifest.takenAt)
    return { kind, entry, at, ...forecast(kind, manifest, rates) }
  })
  const { wanted, backup } = facts
  if (backup !== undefined) return whole.filter(({ entry }) => entry.manifest.id === backup)
  const moments = momentWays(good, facts, rates)
  return wanted ? moments : [...moments, ...whole].toSorted(better)
}

/** Throws `MOMENT_UNREACHABLE` (not-found) for one that was asked for and that nothing reaches. */
function momentWays(
  good: readonly ShelfEntry[],
  { history, wanted }: WaysFacts,
  rates: Rates,
): readonly Way[] {
  const moment = wanted ?? newestMoment(history)
  if (!moment) return []
  const { base } = stretchFor(history, moment)
  const entry = good.find(({ manifest }) => manifest.id === base.id)
  if (!entry) return []
  const at = secondOf(moment.until)
  return [
    { kind: 'moment', entry, wanted: moment, at, ...forecast('moment', entry.manifest, rates) },
  ]
}

/** Whether everything of the server comes back: what is not in an archive of some databases is gone, users as well. */
export function bringsAll({ kind, entry: { manifest } }: Pick<Way, 'kind' | 'entry'>): boolean {
  return kind === 'data files' || manifest.wholeInstance
}

/** First what brings everything, whatever else speaks for the other. */
export function byCoverage(one: Way, other: Way): number {
  return Number(bringsAll(other)) - Number(bringsAll(one))
}

/** Less is lost where it is newer; to the second, for that is what an oplog tells. */
function better(one: Way, other: Way): number {
  const coverage = byCoverage(one, other)
  if (coverage !== 0) return coverage
  const later = Math.floor(other.at.getTime() / 1000) - Math.floor(one.at.getTime() / 1000)
  if (later !== 0) return later
  return (one.seconds ?? Number.MAX_SAFE_INTEGER) - (other.seconds ?? Number.MAX_SAFE_INTEGER)
}

type Rates = Partial<Readonly<Record<Way['kind'], number>>>

/** Seconds per GB (uncompressed) of each way, by the newest that measured it. */
function ratesFrom(good: readonly ShelfEntry[], { receipts, target }: WaysFacts): Rates {
  const tested = good.find(({ manifest }) => manifest.tested)?.manifest.tested
  const rates: { -readonly [Kind in Way['kind']]?: number } = tested
    ? { archive: tested.secondsPerGigabyte, moment: tested.secondsPerGigabyte }
    : {}
  // The newest has the last word.
  for (const { target: of, state, proof } of receipts.toSorted(newestFirst).toReversed()) {
    const { way, rawBytes = 0, restoreSeconds = 0 } = (proof ?? {}) as Partial<MeasuredRecovery>
    if (of !== target || state !== 'done' || way === undefined || rawBytes <= 0) continue
    rates[way] = restoreSeconds / (rawBytes / 1e9)
  }
  return rates
}

function forecast(
  kind: Way['kind'],
  { rawBytes, tested }: Manifest,
  rates: Rates,
): { readonly seconds?: number } {
  const rate = rates[kind] ?? (kind === 'data files' ? undefined : tested?.secondsPerGigabyte)
  if (rate === undefined) return {}
  return { seconds: forecastSeconds({ secondsPerGigabyte: rate }, rawBytes) }
}
