import { createHash } from 'node:crypto'
import { gunzip } from '../../archive/gzip/gunzip.js'
import { selectNamespaces } from '../../archive/select.js'
import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { Shelf } from '../../ports/shelf.js'
import type { DumpTools, RestoreOutcome } from '../../ports/tools.js'
import type { World } from '../../ports/world.js'
import { toolFailure } from '../backup/toolFailure.js'
import { watchStream } from '../backup/watchStream.js'
import type { StepContext } from '../plan.js'
import type { Selection } from './selection.js'
import type { Source } from './source.js'

/** One archive, to be put on a server. */
export interface FeedJob {
  readonly target: Target
  readonly tools: DumpTools
  readonly source: Source
  readonly selection: Selection
}

/**
 * Feeds the selected part of an archive to mongorestore. The file is hashed once more on its way: were it not what was
 * verified before, the stream breaks off and mongorestore fails. Throws `RESTORE_FAILED` (failed) for an exit code other
 * than 0, `RESTORE_INCOMPLETE` (failed) for documents that mongorestore counts as failed with exit code 0,
 * `ARCHIVE_CHANGED` (integrity), `STREAM_STALLED` (timed-out).
 */
export async function feedArchive(
  job: FeedJob,
  world: World,
  context: StepContext,
): Promise<RestoreOutcome> {
  const { target, tools, source, selection } = job
  for (const name of writtenTo(source, selection).filter((each) =>
    each.endsWith('.system.views'),
  )) {
    context.warn(
      `views of ${name.slice(0, -'.system.views'.length)} were changed about when the backup was taken: they come back as they were when it began`,
    )
  }
  const watch = watchStream(world.clock, 'mongorestore', context.signal)
  try {
    const raw = rawArchive(source, world.shelf(target), (bytes) => {
      watch.passed(bytes)
    })
    const wanted = selectNamespaces(counted(raw, source, context), {
      // By database, not by what the prelude lists: a collection may have been made while the dump ran.
      keep: ({ database, collection }) =>
        selection.databases.includes(database) &&
        (selection.collection === undefined || selection.collection === collection),
      views: 'leave',
      ...(selection.into === undefined
        ? {}
        : { rename: [{ from: selection.databases[0] ?? '', to: selection.into }] }),
    })
    const request = {
      drop: true,
      oplogReplay: replays(job),
      maintainInsertionOrder: holdsCapped(selection),
    }
    // When all is fed, mongorestore builds indexes and says nothing for as long as that takes: no more watching then.
    const fed = endingWith(wanted, () => {
      watch.stop()
    })
    const outcome = await tools.restore(target, request, fed, watch.signal)
    if (outcome.exitCode !== 0)
      throw toolFailure('mongorestore', outcome, ['ops doctor', 'ops undo'])
    if (outcome.failed > 0) throw incomplete(outcome)
    return outcome
  } finally {
    watch.stop()
  }
}

/** The order of insertion is what a capped collection is for; several insertion workers would mix it up. */
function holdsCapped({ namespaces }: Selection): boolean {
  return Object.values(namespaces).some(({ options }) => options?.['capped'] === true)
}

async function* endingWith(
  stream: AsyncIterable<Uint8Array>,
  ended: () => void,
): AsyncGenerator<Uint8Array> {
  yield* stream
  ended()
}

/** Whether the oplog of the archive wrote to anything that is restored. Replaying needs rights that restoring does not. */
function replays({ source, selection }: FeedJob): boolean {
  return writtenTo(source, selection).some((name) => !name.endsWith('.system.views'))
}

/** Namespaces of the selected databases that the oplog of the archive wrote to. */
function writtenTo({ contents }: Source, { databases }: Selection): readonly string[] {
  return Object.keys(contents.oplog?.writes ?? {}).filter((name) =>
    databases.some((database) => name.startsWith(`${database}.`)),
  )
}

/** The file's raw archive; ends only if the file was, byte for byte, the one that was verified. */
async function* rawArchive(
  source: Source,
  shelf: Shelf,
  passed: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256')
  async function* hashed(): AsyncGenerator<Uint8Array> {
    for await (const chunk of shelf.read(source.path)) {
      hash.update(chunk)
      passed(chunk.length)
      yield chunk
    }
  }
  yield* source.gzipped ? gunzip(hashed()) : hashed()
  if (hash.digest('hex') === source.sha256) return
  throw new Failure(
    'integrity',
    'ARCHIVE_CHANGED',
    `${source.path} changed while it was being restored`,
    ['ops backup verify'],
  )
}

async function* counted(
  raw: AsyncIterable<Uint8Array>,
  source: Source,
  context: StepContext,
): AsyncGenerator<Uint8Array> {
  const expected = source.contents.rawBytes
  let bytes = 0
  for await (const chunk of raw) {
    bytes += chunk.length
    context.amount({ bytes, expected })
    yield chunk
  }
}

function incomplete({ failed, restored, lines }: RestoreOutcome): Failure {
  return new Failure(
    'failed',
    'RESTORE_INCOMPLETE',
    `mongorestore left with exit code 0, but could not restore ${failed.toString()} documents (${restored.toString()} are)`,
    ['ops undo', 'ops doctor'],
    { facts: { failed, restored, lines } },
  )
}
