import type { Catalogue, DocumentBounds } from '../domain/catalogue.js'
import type { Optime } from '../domain/contents.js'
import type { LateDefinitions } from '../domain/lateDefinitions.js'
import { compareOptimes, type OplogPoint } from '../domain/oplog/optime.js'
import { asBuffer } from './asBuffer.js'
import { Unmodelled } from './catalogue/unmodelled.js'
import { ArchiveReader } from './reader.js'
import { requireListed } from './requireListed.js'
import { beforeBase, cannotReplay, withoutOplog } from './splice/failures.js'
import type { ApplyOperations } from './splice/batches.js'
import { Joint } from './splice/joint.js'
import { Replay } from './splice/replay.js'
import { SpliceWriter } from './splice/spliceWriter.js'

/** What a server is to be like after a spliced archive was restored. */
export interface SplicedState {
  /** What it defined at the moment. */
  readonly catalogue: Catalogue
  /** How many documents there were, by namespace; views left out, buckets of a time-series. */
  readonly documents: Readonly<Record<string, DocumentBounds>>
  /** Operations that are replayed. */
  readonly operations: number
  /** What the archive does not bring back by itself: to be defined when it was restored. */
  readonly late: LateDefinitions
}

/** What is added to a base, and up to when. */
export interface SpliceRequest {
  /**
   * What was recorded of `local.oplog.rs` after the base, in the order of time without a gap: one raw BSON entry an item,
   * each to be left alone until the next one is asked for. It begins with the last entry of the base or before it (or
   * right behind it, where `behind` says so), and reaches `until` or beyond; what is not needed is not asked for.
   */
  readonly entries: AsyncIterable<Uint8Array>
  /** The entry right before the first of `entries`, where that is known. */
  readonly behind?: OplogPoint
  /** The last moment that counts. */
  readonly until: Optime
  /** Databases that are restored; all of them where it is left out. */
  readonly keep?: (database: string) => boolean
  /**
   * Carries out what is replayed, in batches, instead of mongorestore. Called when everything before the oplog, and that an oplog
   * begins, was passed on: mongorestore must have restored all of that before it does anything. Left out, mongorestore replays.
   */
  readonly apply?: ApplyOperations
  /** Gets, before the last bytes, what is to be there after the restore. */
  readonly onExpected?: (expected: SplicedState) => void
}

/** Bytes that are gathered before they are passed on. */
const batch = 64 * 1024

/**
 * A raw archive that, fed to one `mongorestore --archive --oplogReplay`, restores the server as it was at `until`: the base
 * with one oplog, its own and what was recorded later. Everything else of the base passes as it is. The base is
 * checked to its end before its oplog is ended: where this throws, mongorestore has no whole archive and fails too.
 *
 * Parts may be memory of the base's chunk: they are to be used up before the next one is asked for. Throws what
 * `ArchiveReader` throws, SPLICE_WITHOUT_OPLOG, SPLICE_BEFORE_BASE, SPLICE_GAP, SPLICE_DIVERGED, SPLICE_DISORDER,
 * SPLICE_CANNOT_REPLAY.
 */
export async function* spliceOplog(
  base: AsyncIterable<Uint8Array>,
  { entries, behind, until, keep, apply, onExpected }: SpliceRequest,
): AsyncGenerator<Buffer, void, undefined> {
  const replay = new Replay(keep ? { keep } : {})
  const writer = new SpliceWriter(replay, until, apply)
  const reader = new ArchiveReader({ alongside: writer })
  for await (const chunk of base) {
    reader.feed(chunk)
    yield* writer.take()
    await writer.settle(false)
  }
  const contents = reader.end()
  requireListed(contents, keep)
  if (!writer.last) throw withoutOplog()
  if (compareOptimes(writer.last.at, until) > 0) throw beforeBase(until, writer.last.at)

  writer.open()
  const joint = new Joint(writer.last, until, behind)
  let gathered = 0
  if (!joint.isComplete()) {
    for await (const entry of entries) {
      const raw = asBuffer(entry)
      const verdict = joint.judge(raw)
      if (verdict === 'beyond') break
      if (verdict === 'known') continue
      orRefused(joint, () => {
        writer.add(raw)
      })
      joint.passed()
      gathered += raw.length
      if (gathered >= batch) {
        gathered = 0
        yield* writer.take()
        await writer.settle(false)
      }
      if (joint.isComplete()) break
    }
  }
  joint.end()
  yield* writer.take()
  await writer.settle(true)
  writer.close()
  onExpected?.({
    catalogue: replay.expected,
    documents: replay.documents(contents),
    operations: replay.operations,
    late: replay.late,
  })
  yield* writer.take()
}

/** Turns what cannot be replayed into the failure that names the moment before it. */
function orRefused(joint: Joint, act: () => void): void {
  try {
    act()
  } catch (error) {
    if (error instanceof Unmodelled) throw cannotReplay(error.message, joint.at, joint.before)
    throw error
  }
}
