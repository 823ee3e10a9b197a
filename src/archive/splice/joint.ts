import type { Optime } from '../../domain/contents.js'
import {
  compareOptimes,
  isSamePoint,
  optimeText,
  type OplogPoint,
} from '../../domain/oplog/optime.js'
import { Elements } from '../bson/elements.js'
import { damage } from '../damage.js'
import { readOplogEntry } from '../oplog/entry.js'
import { pointOf } from '../oplog/point.js'
import { disorder, diverged, gap } from './failures.js'
import type { TimedEntry } from './spliceWriter.js'

/**
 * Where the oplog of a base and what was recorded after it meet. The last entry of the base must be among what was recorded,
 * byte for byte, or what was recorded must be known to begin right behind that very entry: then both are one history
 * without a gap.
 */
export class Joint {
  #at: Optime
  #before: Optime
  #met = false
  #isAny = false

  constructor(
    readonly last: TimedEntry,
    readonly until: Optime,
    behind?: OplogPoint,
  ) {
    this.#at = last.at
    this.#before = last.at
    this.#met = behind !== undefined && isSamePoint(pointOf(last.raw), behind)
  }

  /** The time of the entry judged last. */
  get at(): Optime {
    return this.#at
  }

  /** The time of the last entry that was passed. */
  get before(): Optime {
    return this.#before
  }

  /** Whether everything up to `until` is there. */
  isComplete(): boolean {
    return compareOptimes(this.#before, this.until) >= 0
  }

  /**
   * Whether the entry is one of the base's, is new, or lies beyond `until`. Throws SPLICE_GAP, SPLICE_DIVERGED,
   * SPLICE_DISORDER, ARCHIVE_CORRUPT.
   */
  judge(raw: Buffer): 'known' | 'new' | 'beyond' {
    const { timestamp: at } = readOplogEntry(new Elements(raw, 0))
    if (!at) throw damage('ARCHIVE_CORRUPT', 0, 'an entry that was recorded has no timestamp')
    if (this.#isAny && compareOptimes(at, this.#at) <= 0) throw disorder(at)
    const toBase = compareOptimes(at, this.last.at)
    if (toBase > 0 && !this.#met) throw this.#notMet(at)
    this.#isAny = true
    this.#at = at
    if (toBase < 0) return 'known'
    if (toBase === 0) {
      if (!raw.equals(this.last.raw)) throw diverged(at)
      this.#met = true
      return 'known'
    }
    if (compareOptimes(at, this.until) <= 0) return 'new'
    this.#before = this.until
    return 'beyond'
  }

  /** Notes that the entry judged last was passed on. */
  passed(): void {
    this.#before = this.#at
  }

  /** To be called where no more follows. Throws SPLICE_GAP where `until` was not reached. */
  end(): void {
    if (this.isComplete()) return
    throw gap(`what was recorded ends at ${optimeText(this.#before)}`, this.#before)
  }

  #notMet(at: Optime) {
    // Something older is there, so the base's last entry should be as well.
    if (this.#isAny) return diverged(this.last.at)
    return gap(`what was recorded begins at ${optimeText(at)}, after the backup`, this.last.at)
  }
}
