import type { Optime } from '../../domain/contents.js'
import { compareOptimes } from '../../domain/oplog/optime.js'
import type { Refusal } from '../../domain/oplog/slice.js'
import { Unmodelled } from '../catalogue/unmodelled.js'
import { Replay } from '../splice/replay.js'

/** Refusals that are told one by one; what comes after is told with the last of them. */
const most = 200

/**
 * Finds what the splice would refuse among entries in a row, whatever base it began with: the same code decides, with
 * nothing known of what was there before. What depends on the base is not found here: that an index on fields named by
 * numbers is in it, and cannot be told of again.
 */
export class Refusals {
  readonly #replay = new Replay({ base: 'unknown' })
  readonly #found: Refusal[] = []

  /** Takes the next entry. Throws ARCHIVE_CORRUPT where it is none. */
  take(raw: Buffer, at: Optime): void {
    try {
      this.#replay.take(raw, 0)
    } catch (error) {
      if (!(error instanceof Unmodelled)) throw error
      const last = this.#found.length < most ? undefined : this.#found.pop()
      const { at: since, what } = last ?? { at, what: error.message }
      this.#found.push({ at: since, what, ...(compareOptimes(since, at) < 0 ? { last: at } : {}) })
    }
  }

  /** In the order of time. */
  found(): readonly Refusal[] {
    return this.#found
  }
}
