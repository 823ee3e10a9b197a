import type { Catalogue } from '../domain/catalogue.js'
import type { Optime } from '../domain/contents.js'
import { asBuffer } from './asBuffer.js'
import { Unmodelled } from './catalogue/unmodelled.js'
import { ArchiveReader } from './reader.js'
import { cannotReplay, withoutOplog } from './splice/failures.js'
import { Joint } from './splice/joint.js'
import { Replay } from './splice/replay.js'
import { SpliceWriter } from './splice/spliceWriter.js'

/** What is added to a base, and up to when. */
export interface SpliceRequest {
  /**
   * What was recorded of `local.oplog.rs` after the base, in the order of time without a gap: one raw BSON entry an item,
   * each to be left alone until the next one is asked for. It begins with the last entry of the base or before it, and
   * reaches `until` or beyond; what is not needed is not asked for.
   */
  readonly entries: AsyncIterable<Uint8Array>
  /** The last moment that counts. */
  readonly until: Optime
  /** Gets, before the last bytes, what the server defined at `until`: to compare with after the restore. */
  readonly onExpected?: (expected: Catalogue) => void
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
  { entries, until, onExpected }: SpliceRequest,
): AsyncGenerator<Buffer, void, undefined> {
  const replay = new Replay()
  const writer = new SpliceWriter(replay, until)
  const reader = new ArchiveReader({ alongside: writer })
  for await (const chunk of base) {
    reader.feed(chunk)
    yield* writer.take()
  }
  reader.end()
  if (!writer.last) throw withoutOplog()

  writer.open()
  const joint = new Joint(writer.last, until)
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
      }
      if (joint.isComplete()) break
    }
  }
  joint.end()
  writer.close()
  onExpected?.(replay.expected)
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
