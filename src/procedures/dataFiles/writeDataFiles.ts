import { createHash } from 'node:crypto'
import { DataFilesReader, type DataFilesContents } from '../../archive/dataFiles.js'
import { gzipMembers } from '../../archive/gzip/compress.js'
import { Failure } from '../../domain/failure.js'
import type { MemberOffset } from '../../domain/manifest.js'
import type { DataPlace, DataVolumes } from '../../ports/dataVolumes.js'
import type { Draft } from '../../ports/shelf.js'
import type { Compression } from '../backup/storeStream.js'
import type { StepContext } from '../plan.js'
import { onlyWrittenBehind } from './changedMeanwhile.js'

/** A copy that was written, proved by reading it as it passed. */
export interface WrittenDataFiles {
  readonly contents: DataFilesContents
  readonly bytes: number
  readonly sha256: string
  readonly members: readonly MemberOffset[]
  /** Level of gzip. */
  readonly level: number
}

/** Everything one copy needs. */
export interface CopyJob {
  readonly place: DataPlace
  readonly draft: Draft
  readonly compression: Compression
  /** Bytes the tar will probably have. */
  readonly expected: number
}

/**
 * Data folder → tar → checked → compressed → draft, in one pass and flat memory. Returns only if tar left with exit code 0
 * (or 1 for what the server may write to meanwhile), what it wrote is whole, AND WiredTiger held what belongs to it the whole
 * time. Throws `COPY_FAILED` (failed), the damage that is found (integrity), `SHELF_FULL` (space), and the signal's reason.
 */
export async function writeDataFiles(
  { place, draft, compression, expected }: CopyJob,
  volumes: DataVolumes,
  signal: AbortSignal,
  { amount }: Pick<StepContext, 'amount'>,
): Promise<WrittenDataFiles> {
  // Stored as they are where nothing is asked for: writes wait for whatever is done besides.
  const { dataFilesLevel: level = 0 } = compression
  const run = await volumes.copy(place, signal)
  try {
    const reader = new DataFilesReader()
    const hash = createHash('sha256')
    const members: MemberOffset[] = []
    let bytes = 0
    const raw = checked(run.raw, reader, () => {
      amount({ bytes: reader.bytes, expected })
    })
    for await (const member of gzipMembers(raw, { ...compression, level, signal })) {
      await draft.write(member.bytes)
      hash.update(member.bytes)
      members.push({ at: bytes, bytes: member.bytes.length, rawBytes: member.rawBytes })
      bytes += member.bytes.length
    }
    signal.throwIfAborted()
    const { exitCode, lines } = await run.outcome()
    if (exitCode !== 0 && !onlyWrittenBehind(exitCode, lines))
      throw copyFailed(place, `tar left with exit code ${exitCode.toString()}`, exitCode, lines)
    const contents = reader.end()
    // A checkpoint may have come in between two files, whether tar noticed or not.
    if (!contents.pinned)
      throw copyFailed(place, 'WiredTiger listed nothing as belonging to it', exitCode, lines)
    return { contents, bytes, sha256: hash.digest('hex'), members, level }
  } finally {
    await run.stop()
  }
}

async function* checked(
  source: AsyncIterable<Uint8Array>,
  reader: DataFilesReader,
  passed: () => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    reader.feed(chunk)
    passed()
    yield chunk
  }
}

function copyFailed(
  { target }: DataPlace,
  why: string,
  exitCode: number,
  lines: readonly string[],
): Failure {
  // What the server may do meanwhile is not why.
  const said = lines.findLast((line) => !onlyWrittenBehind(1, [line])) ?? lines.at(-1)
  return new Failure(
    'failed',
    'COPY_FAILED',
    `the data files of "${target}" were not copied: ${why}${said === undefined ? '' : `, and tar said: ${said}`}`,
    ['ops backup --physical', 'ops doctor'],
    { facts: { exitCode, lines } },
  )
}
