import { ArchiveReader } from '../../archive/reader.js'
import { requireListed } from '../../archive/requireListed.js'
import { selectNamespaces } from '../../archive/select.js'
import type { ArchiveContents } from '../../domain/contents.js'
import { Failure } from '../../domain/failure.js'
import type { EngineName } from '../../domain/manifest.js'
import type { Target } from '../../domain/target.js'
import type { DumpRun, DumpTools } from '../../ports/tools.js'
import type { World } from '../../ports/world.js'
import type { StepContext } from '../plan.js'
import type { Scope } from './scope.js'
import { endingWith, usualPatience } from '../underWay.js'
import { storeStream, type Storage, type Stored } from './storeStream.js'
import { toolFailure } from './toolFailure.js'
import { watchStream, type WatchedStream } from './watchStream.js'

/** What was written, proved by reading it as it passed. */
export interface Written extends Stored {
  readonly contents: ArchiveContents
  /** Who ran mongodump in the end. */
  readonly engine: EngineName
}

/** Everything one dump needs. */
export interface DumpJob extends Storage {
  readonly target: Target
  readonly tools: DumpTools
  readonly scope: Pick<Scope, 'request' | 'only'>
  /** Raw bytes the dump will probably have. */
  readonly expected: number
  /** Whether somebody waits for what comes after it; else the database and mongodump go first. */
  readonly hurried?: boolean
}

/**
 * mongodump → checked → compressed → encrypted (where recipients are named) → file, in one pass and flat memory. Returns only if mongodump left with exit code 0
 * AND the archive is whole: either alone proves nothing (a dump that failed leaves whole archives behind). Throws
 * `DUMP_FAILED` (failed), `TOOL_MISSING` (environment), `STREAM_STALLED` (timed-out), the archive's damage (integrity),
 * `SHELF_FULL` (space), and the signal's reason.
 */
export async function writeBackup(
  job: DumpJob,
  { clock, cipher, host }: Pick<World, 'clock' | 'cipher' | 'host'>,
  context: StepContext,
): Promise<Written> {
  const watch = watchStream(clock, 'mongodump', context.signal)
  const { patience = usualPatience.step } = context
  try {
    // A stream that is told to stop may be waiting for a disk that never answers.
    return await endingWith(
      dumped(job, { cipher, host }, watch, context),
      'mongodump into its file',
      watch.signal,
      patience,
    )
  } finally {
    watch.stop()
  }
}

async function dumped(
  job: DumpJob,
  { cipher, host }: Pick<World, 'cipher' | 'host'>,
  watch: WatchedStream,
  context: StepContext,
): Promise<Written> {
  const { target, tools, scope, expected } = job
  const run = await tools.dump(target, scope.request, watch.signal)
  for (const why of run.fellBack) context.warn(why)
  // Not before mongodump was started: it would inherit that.
  if (job.hurried !== true) await host.stepBack()
  const reader = new ArchiveReader()
  const checked = checkedStream(cutOut(run.raw, scope), reader, (bytes) => {
    watch.passed(bytes)
    context.amount({ bytes: reader.bytes, expected })
  })
  const written = await storeStream(checked, job, cipher, watch.signal).catch((error: unknown) =>
    brokenOff(error, run, watch.signal),
  )
  const outcome = await run.outcome
  if (outcome.exitCode !== 0) throw toolFailure('mongodump', outcome, afterwards)
  const contents = reader.end()
  requireListed(contents)
  return { ...written, engine: run.engine, contents }
}

/** What to type after a dump that failed. */
const afterwards = ['ops doctor', 'ops backup']

/**
 * A stream that breaks off inside a frame is what a killed container leaves: the tool's exit code tells the story better.
 */
async function brokenOff(error: unknown, run: DumpRun, signal: AbortSignal): Promise<never> {
  // What was told to stop is gone before anybody says so.
  if (signal.aborted) await run.outcome.catch(() => undefined)
  else if (error instanceof Failure && error.code.startsWith('STREAM_FRAME')) {
    const outcome = await run.outcome
    if (outcome.exitCode !== 0) throw toolFailure('mongodump', outcome, afterwards)
  }
  throw error
}

/** Only the databases wanted, where mongodump could not be told so. */
function cutOut(
  raw: AsyncIterable<Uint8Array>,
  { only }: Pick<Scope, 'only'>,
): AsyncIterable<Uint8Array> {
  if (only.length === 0) return raw
  const wanted = new Set(only)
  return selectNamespaces(raw, { keep: ({ database }) => wanted.has(database) })
}

/**
 * The stream, read by the archive's parser on its way. A damage found here is thrown at once: nothing after it could be
 * used, and mongodump stops because nobody reads on.
 */
async function* checkedStream(
  source: AsyncIterable<Uint8Array>,
  reader: ArchiveReader,
  passed: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    reader.feed(chunk)
    passed(chunk.length)
    yield chunk
  }
}
