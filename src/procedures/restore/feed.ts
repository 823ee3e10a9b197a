import { createHash } from 'node:crypto'
import { gunzipMembers } from '../../archive/gzip/gunzipMembers.js'
import { selectNamespaces, type ViewChange } from '../../archive/select.js'
import type { ArchiveContents } from '../../domain/contents.js'
import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { DumpTools, RestoreOutcome } from '../../ports/tools.js'
import type { World } from '../../ports/world.js'
import { toolFailure } from '../backup/toolFailure.js'
import { watchStream } from '../backup/watchStream.js'
import { clearBytes } from '../encryption/openFile.js'
import type { StepContext } from '../plan.js'
import { endingWith, usualPatience } from '../underWay.js'
import { withSession } from '../withSession.js'
import { durabilityAnchor, proveDurable, type Anchor } from './durable.js'
import { LaterIndexes } from './indexesApart.js'
import { isWanted, splitNamespace } from './part.js'
import { reborn, type Selection } from './selection.js'
import type { Source } from './source.js'
import { ViewChanges } from './views.js'

/** One archive, to be put on a server. */
export interface FeedJob {
  readonly target: Target
  readonly tools: DumpTools
  readonly source: Source
  readonly selection: Selection
}

/** What a rehearsal needs: no tools, for nothing is put anywhere. */
export type RehearsalJob = Omit<FeedJob, 'tools'>

/**
 * Cuts the selected part out of an archive and throws it away: what cannot be cut is found before anything is touched.
 * Reads the file once more, where its oplog holds a write at all. Throws `OPLOG_CANNOT_SELECT`, `SELECTION_COLLIDES`
 * (refused), `ARCHIVE_CHANGED` (integrity), the signal's reason.
 */
export async function rehearseFeed(
  job: RehearsalJob,
  world: World,
  signal?: AbortSignal,
): Promise<void> {
  const { target, source, selection } = job
  // Without a write to divide, every archive that is whole can be cut.
  if (Object.keys(source.contents.oplog?.writes ?? {}).length === 0) return
  const raw = rawArchive(source, target, world, signal, () => signal?.throwIfAborted())
  const parts = wantedPart(raw, job, new ViewChanges(selection))
  const iterator = parts[Symbol.asyncIterator]()
  while (!(await iterator.next()).done);
}

/**
 * Feeds the selected part of an archive to mongorestore, and carries out what its oplog does to views. The file is hashed
 * once more on its way: were it not what was verified before, the stream breaks off and mongorestore fails. Throws
 * `RESTORE_FAILED` (failed) for an exit code other than 0, `RESTORE_INCOMPLETE` (failed) for documents that mongorestore
 * counts as failed with exit code 0, `RESTORE_UNPROVED` (failed) where the server was restarted meanwhile, `ARCHIVE_CHANGED` (integrity), `STREAM_STALLED` (timed-out) where the stream stands
 * still before its end.
 */
export async function feedArchive(
  job: FeedJob,
  world: World,
  context: StepContext,
): Promise<RestoreOutcome> {
  const { target, tools, source, selection } = job
  await dropReborn(job, world, context)
  const anchor = await withSession(target, world, context.signal, (session) =>
    durabilityAnchor(selection, source.contents, session),
  )
  const watch = watchStream(world.clock, 'mongorestore', context.signal)
  const views = new ViewChanges(selection)
  const indexes = new LaterIndexes(selection, source.contents)
  const passed = (bytes: number) => {
    watch.passed(bytes)
  }
  try {
    const raw = rawArchive(source, target, world, watch.signal, passed)
    const wanted = wantedPart(counted(raw, source, context), job, views, indexes)
    // When all is fed, mongorestore builds indexes and says nothing for as long as that takes: no more watching then.
    const fed = watchedToItsEnd(wanted, passed, () => {
      watch.stop()
    })
    const request = {
      drop: true,
      oplogReplay: replays(source, selection),
      maintainInsertionOrder: holdsCapped(selection),
      durableLater: anchor !== undefined,
    }
    const { patience = usualPatience.step } = context
    const restoring = tools.restore(target, request, fed, watch.signal)
    const outcome = await endingWith(restoring, 'mongorestore', watch.signal, patience)
    for (const why of outcome.fellBack) context.warn(why)
    if (outcome.exitCode !== 0)
      throw toolFailure('mongorestore', outcome, ['ops doctor', 'ops undo'])
    if (outcome.failed > 0) throw incomplete(outcome)
    await putViews(views, job, world, context)
    await buildIndexes(indexes, job, world, context)
    if (anchor) await untilDurable(anchor, job, world, context)
    return outcome
  } finally {
    watch.stop()
  }
}

/** What is there and was made while the backup was taken: mongorestore would replay its making on top of it. */
async function dropReborn(
  { target, selection }: FeedJob,
  world: World,
  { signal }: StepContext,
): Promise<void> {
  if (selection.into !== undefined || (selection.born ?? []).length === 0) return
  await withSession(target, world, signal, async (session) => {
    const live = await session.namespaces(selection.databases, 'roughly')
    for (const { database, collection } of reborn(live, selection)) {
      signal.throwIfAborted()
      await session.dropCollection(database, collection)
    }
  })
}

async function putViews(
  views: ViewChanges,
  { target }: FeedJob,
  world: World,
  { signal, warn }: StepContext,
): Promise<void> {
  for (const name of views.unclear) {
    warn(`the view ${name} was changed while the backup was taken: it comes back as it was before`)
  }
  if (views.none) return
  await withSession(target, world, signal, (session) => views.carryOut(session, signal))
}

async function buildIndexes(
  indexes: LaterIndexes,
  { target }: FeedJob,
  world: World,
  { signal, detail }: StepContext,
): Promise<void> {
  if (indexes.count === 0) return
  await withSession(target, world, signal, (session) => indexes.build(session, signal))
  detail(`${indexes.count.toString()} indexes were built side by side`)
}

/** What mongorestore did not wait for. */
async function untilDurable(
  anchor: Anchor,
  { target }: FeedJob,
  world: World,
  { signal, patience = usualPatience.step }: StepContext,
): Promise<void> {
  const proof = withSession(target, world, signal, (session) =>
    proveDurable(anchor, target, session),
  )
  await endingWith(proof, 'the server', signal, patience)
}

function wantedPart(
  raw: AsyncIterable<Uint8Array>,
  { selection, source }: Pick<RehearsalJob, 'selection' | 'source'>,
  views: ViewChanges,
  indexesApart?: LaterIndexes,
): AsyncIterable<Uint8Array> {
  const { into, databases } = selection
  const wanted = {
    // By database, not by what the prelude lists: a collection may have been made while the dump ran.
    keep: (namespace: { readonly database: string; readonly collection: string }) =>
      isWanted(selection, namespace),
    onView: (change: ViewChange) => {
      views.note(change)
    },
    ...(into === undefined ? {} : { rename: [{ from: databases[0] ?? '', to: into }] }),
    unlisted: source.contents.oplog?.unlisted?.passing ?? [],
    ...(indexesApart ? { indexesApart } : {}),
  }
  // The hash of the file stands for every checksum in it, which were compared when it was verified.
  return selectNamespaces(raw, wanted, { proven: true })
}

/** The order of insertion is what a capped collection is for; several insertion workers would mix it up. */
export function holdsCapped({ namespaces }: Pick<ArchiveContents, 'namespaces'>): boolean {
  return Object.values(namespaces).some(({ options }) => options?.['capped'] === true)
}

/** Tells of every part that is taken, and that the last one was. */
export async function* watchedToItsEnd(
  stream: AsyncIterable<Uint8Array>,
  passed: (bytes: number) => void,
  ended: () => void,
): AsyncGenerator<Uint8Array> {
  for await (const part of stream) {
    yield part
    passed(part.length)
  }
  ended()
}

/**
 * Whether the oplog of the archive wrote to anything that is restored. Replaying needs rights that restoring does not.
 * Views are not replayed.
 */
function replays({ contents }: Source, selection: Selection): boolean {
  return Object.keys(contents.oplog?.writes ?? {})
    .map(splitNamespace)
    .some(({ database, collection }) =>
      collection === '$cmd'
        ? selection.databases.includes(database)
        : collection !== 'system.views' && isWanted(selection, { database, collection }),
    )
}

/** The file's raw archive, told of as it is read; ends only if the file was, byte for byte, the one that was verified. */
export async function* rawArchive(
  source: Source,
  target: Target,
  world: World,
  signal: AbortSignal | undefined,
  passed: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256')
  async function* hashed(): AsyncGenerator<Uint8Array> {
    for await (const chunk of world.shelf(target).read(source.path)) {
      hash.update(chunk)
      passed(chunk.length)
      yield chunk
    }
  }
  const clear = clearBytes(hashed(), source, world, signal)
  const members = source.manifest?.compression.members
  yield* source.gzipped ? gunzipMembers(clear, members) : clear
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

/** `RESTORE_INCOMPLETE` (failed): what mongorestore admits with exit code 0. */
export function incomplete({ failed, restored, lines }: RestoreOutcome): Failure {
  return new Failure(
    'failed',
    'RESTORE_INCOMPLETE',
    `mongorestore left with exit code 0, but could not restore ${failed.toString()} documents (${restored.toString()} are)`,
    ['ops undo', 'ops doctor'],
    { facts: { failed, restored, lines } },
  )
}
