import { pointOf } from '../../archive/oplog/point.js'
import { SliceTally } from '../../archive/oplog/sliceTally.js'
import { Failure } from '../../domain/failure.js'
import type { OplogWindow } from '../../domain/oplog/window.js'
import { compareOptimes, isSamePoint, type OplogPoint } from '../../domain/oplog/optime.js'
import type { Refusal, SliceManifest } from '../../domain/oplog/slice.js'
import { sliceFile, sliceId } from '../../domain/oplog/sliceName.js'
import type { Target } from '../../domain/target.js'
import type { Oplog } from '../../ports/oplog.js'
import type { SliceDraft, Slices } from '../../ports/slices.js'
import type { World } from '../../ports/world.js'
import { inDraft, storeStream, type Compression } from '../backup/storeStream.js'
import { watchStream, type WatchedStream } from '../backup/watchStream.js'

/** Where a slice begins, and what it needs to know of what comes before. */
export interface SliceStart {
  readonly timeline: number
  readonly from: OplogPoint
  /** The slice before on the same timeline. */
  readonly before?: SliceManifest
  /** A refused operation before it after which no base has been begun. */
  readonly baseDue?: Refusal
}

/** Everything that reading one slice takes. */
export interface SliceJob {
  readonly target: Target
  readonly compression: Compression
  /** Raw bytes after which a slice ends. */
  readonly sliceBytes: number
  readonly window: OplogWindow
  readonly oplog: Oplog
  readonly slices: Slices
  readonly world: Pick<World, 'clock' | 'cipher' | 'keys' | 'host'>
}

/**
 * Reads one slice and puts it on the shelf: from the last entry read, which must come back byte for byte, to the newest
 * one that a majority had, or until the slice is large enough. Throws `OPLOG_MOVED`, `OPLOG_SHORT` (failed), what the oplog,
 * the disk and the cipher throw, `STREAM_STALLED` (timed-out), and the signal's reason.
 */
export async function readSlice(
  start: SliceStart,
  job: SliceJob,
  outer: AbortSignal,
): Promise<SliceManifest> {
  const watch = watchStream(job.world.clock, 'the oplog', outer)
  const draft = await job.slices.draft(start.timeline)
  try {
    const manifest = await written(start, job, draft, watch)
    await draft.publish(manifest)
    return manifest
  } finally {
    watch.stop()
    await draft.discard()
  }
}

async function written(
  { timeline, from, before, baseDue }: SliceStart,
  job: SliceJob,
  draft: SliceDraft,
  watch: WatchedStream,
): Promise<SliceManifest> {
  const { target, compression, window, world } = job
  const { recipients } = world.keys
  const tally = new SliceTally(from, before?.openTransactions)
  const raw = checkedEntries(from, job, tally, watch)
  const storage = { keep: inDraft(draft), compression, recipients }
  const stored = await storeStream(raw, storage, world.cipher, watch.signal)
  const contents = tally.contents()
  const encrypted = recipients.length > 0
  const id = sliceId({ target: target.name, timeline, start: from.at, end: contents.end.at })
  const due = contents.refusals?.at(-1) ?? baseDue
  return {
    version: 1,
    id,
    target: target.name,
    timeline,
    file: sliceFile(id, encrypted),
    bytes: stored.bytes,
    sha256: stored.sha256,
    start: from,
    ...contents,
    ...(before ? { previous: before.sha256 } : {}),
    ...(window.replicaSetId === undefined ? {} : { replicaSetId: window.replicaSetId }),
    ...(due === undefined ? {} : { baseDue: due }),
    encrypted,
    ...(encrypted ? { recipients } : {}),
    compression: { format: 'gzip', members: stored.members },
    takenAt: world.clock.now().toISOString(),
    host: world.host.name,
    opsVersion: world.host.opsVersion,
  }
}

/** The entries after `from`, counted as they pass. The stream ends where it was to end, or it fails. */
async function* checkedEntries(
  from: OplogPoint,
  { target, window, oplog, sliceBytes }: SliceJob,
  tally: SliceTally,
  watch: WatchedStream,
): AsyncGenerator<Uint8Array> {
  let joined = false
  for await (const entry of oplog.entries(from.at, window.newest, watch.signal)) {
    watch.passed(entry.length)
    if (!joined) {
      if (!isSamePoint(pointOf(entry), from)) throw moved(target)
      joined = true
      continue
    }
    tally.add(entry)
    yield entry
    if (tally.rawBytes >= sliceBytes) return
  }
  if (!joined) throw moved(target)
  if (compareOptimes(tally.contents().end.at, window.newest) === 0) return
  throw new Failure(
    'failed',
    'OPLOG_SHORT',
    `the oplog of "${target.name}" ended before the newest entry that it has; nothing was kept of it`,
    ['ops pitr slice', 'ops doctor'],
  )
}

/** It was there a moment ago. The next run finds out what became of it. */
function moved({ name }: Target): Failure {
  return new Failure(
    'failed',
    'OPLOG_MOVED',
    `the entry of the oplog of "${name}" that comes next went away while it was read`,
    ['ops pitr slice', 'ops pitr status'],
  )
}
