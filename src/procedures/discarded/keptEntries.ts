import { asBuffer } from '../../archive/asBuffer.js'
import { concerns } from '../../archive/oplog/concerns.js'
import { pointOf } from '../../archive/oplog/point.js'
import { WriteTally } from '../../archive/oplog/writeTally.js'
import type { Optime } from '../../domain/contents.js'
import { rightAfter } from '../../domain/deletions/deletion.js'
import { Failure } from '../../domain/failure.js'
import { lackOfStandalone } from '../../domain/keptWrites.js'
import { isAfter } from '../../domain/oplog/optime.js'
import { isSinceStandalone } from '../../domain/oplog/window.js'
import type { RestorePoint } from '../../domain/restorePoint.js'
import type { Target } from '../../domain/target.js'
import type { Oplog } from '../../ports/oplog.js'
import type { World } from '../../ports/world.js'
import { heldHistory } from '../dr/deletionEntries.js'
import type { IsCounted } from './replaced.js'

/** Times that the oplog is looked at again for what was written while the rest was read. */
const looks = 50

/**
 * The entries of an oplog that a restore discards, in order, up to the last that is there when the others were read: one at a time
 * in memory. What they are is counted as they pass.
 */
export class DiscardedEntries {
  readonly #tally: WriteTally
  /** Why not everything is among them. */
  readonly lacks: string[] = []
  entries = 0
  rawBytes = 0
  until: Optime

  constructor(
    private readonly target: Target,
    private readonly point: RestorePoint,
    private readonly isReplaced: IsCounted,
    /** Told of every entry that is looked at, wanted or not. */
    private readonly moved: () => void = () => undefined,
  ) {
    this.#tally = new WriteTally(isReplaced)
    this.until = this.since
  }

  get since(): Optime {
    return this.point.exact ? rightAfter(this.point.at) : this.point.at
  }

  get written() {
    return { namespaces: this.#tally.written(), operations: this.#tally.operations() }
  }

  /** Throws `DISCARDED_NOT_KEPT` (failed) where they cannot be told, and what reading throws. */
  async *read(oplog: Oplog, world: World, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const { at, entry } = this.point
    const window = await oplog.window()
    if (!window) throw notKept('the server is a standalone, which keeps no oplog')
    if (entry !== undefined && !isAfter(window.oldest, at)) {
      const there = await oplog.entryAt(at)
      if (!there || pointOf(there).sha256 !== entry)
        throw notKept('what the backup is of is not in the history of this server')
    }
    const live = { oplog, window }
    const history = await heldHistory(this.since, this.target, live, world, signal)
    if (isAfter(history.from, this.since))
      throw notKept('its oplog does not go back so far, and no slices go on to it from before')
    if (window.startsHidden === true || !isSinceStandalone(at, window))
      this.lacks.push(lackOfStandalone)
    yield* this.#wanted(history.entries)
    this.until = history.to
    yield* this.#since(oplog, signal)
    if (this.#tally.beganBefore)
      this.lacks.push('the beginning of a transaction that began before that point')
  }

  /** What was written while the rest was read. */
  async *#since(oplog: Oplog, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    for (let look = 0; look < looks; look++) {
      const newest = (await oplog.window())?.newest
      if (!newest || !isAfter(newest, this.until)) return
      const before = this.entries
      yield* this.#wanted(oplog.entries(rightAfter(this.until), newest, signal))
      this.until = newest
      if (this.entries === before) return
    }
    this.lacks.push('what was written at the very end: something still writes')
  }

  async *#wanted(entries: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const bytes of entries) {
      this.moved()
      const raw = asBuffer(bytes)
      if (!concerns(raw, this.isReplaced)) continue
      this.#tally.take(raw)
      this.entries++
      this.rawBytes += raw.length
      yield raw
    }
  }
}

function notKept(because: string): Failure {
  return new Failure(
    'failed',
    'DISCARDED_NOT_KEPT',
    `the writes that this restore discards could not be kept: ${because}; nothing was touched`,
    ['ops restore --no-discarded-writes   (goes on without)', 'ops pitr status'],
  )
}
