import { selectNamespaces } from '../../archive/select.js'
import type { SplicedState } from '../../archive/splice.js'
import type { Namespace } from '../../ports/documents.js'
import type { DumpTools, RestoreOutcome } from '../../ports/tools.js'
import type { World } from '../../ports/world.js'
import type { Target } from '../../domain/target.js'
import { toolFailure } from '../backup/toolFailure.js'
import { watchStream } from '../backup/watchStream.js'
import type { StepContext } from '../plan.js'
import { proveDurable, type Anchor } from '../restore/durable.js'
import { holdsCapped, incomplete, watchedToItsEnd } from '../restore/feed.js'
import { splitNamespace } from '../restore/part.js'
import { AppliedOplog } from './appliedOplog.js'
import { endingWith, usualPatience } from '../underWay.js'
import { withSession } from '../withSession.js'
import { watchReplay } from './replayWatch.js'
import { splicedArchive, type MomentSource } from './splicedArchive.js'

/** A moment, and who puts it on the server. */
export interface MomentJob {
  readonly moment: MomentSource
  readonly tools: DumpTools
  /** What a rehearsal found: what is to be there afterwards. Left out, nothing is defined that no replay can define. */
  readonly expected?: SplicedState
  /** This collection and nothing else. */
  readonly only?: Namespace
}

/** What mongorestore did, and how long replaying took: milliseconds from the end of the base on. */
export type FedMoment = RestoreOutcome & { readonly replayed: number }

/**
 * Feeds base and slices to one mongorestore, which has nothing in its way, and defines afterwards what no replay can. The oplog is carried
 * out beside it; of one collection alone, and from the first operation on that cannot be sent as it is, mongorestore replays. Throws
 * what reading and splicing throw, where one collection alone is wanted `OPLOG_CANNOT_SELECT` (refused), `OPLOG_REFUSED`, `RESTORE_FAILED`, `RESTORE_INCOMPLETE`, `RESTORE_UNPROVED`, `RESTORE_STILL_RUNNING` (failed), `STREAM_STALLED` (timed-out) where the
 * stream stands still before its end, `RESTORE_STILL_RUNNING` (failed) where operations may still be carried out.
 */
export async function feedMoment(
  { moment, tools, expected, only }: MomentJob,
  world: World,
  context: StepContext,
): Promise<FedMoment> {
  const { target } = moment
  const { patience = usualPatience.step, amount } = context
  const anchor = expected && (await anchorFor(expected, target, world, context.signal))
  const watch = watchStream(world.clock, 'mongorestore', context.signal)
  const total = bytesOf(moment)
  const ended = new AbortController()
  const oplog = new AppliedOplog(target, world, {
    durable: anchor === undefined,
    moved: () => {
      watch.moved()
    },
    signal: AbortSignal.any([watch.signal, ended.signal]),
  })
  let bytes = 0
  let began = 0
  const moved = (more: number) => {
    watch.passed(more)
  }
  const passed = (more: number) => {
    moved(more)
    bytes += more
    amount({ bytes, expected: total })
  }
  try {
    const archive = splicedArchive(moment, world, watch.signal, {
      passed,
      replaying: () => {
        began = world.clock.elapsed()
        // Nobody waits for its end: a server that does not answer holds up nothing.
        watchReplay(target, world, ended.signal, () => {
          watch.moved()
        }).catch(() => undefined)
      },
      expected: () => undefined,
      // What is of other collections is taken out of the archive, not out of what is carried out beside it.
      ...(only ? {} : { apply: oplog.apply }),
    })
    // When all is fed, mongorestore builds indexes and says nothing for as long as that takes: no more watching then.
    const wanted = only ? oneCollection(archive, only) : archive
    const fed = watchedToItsEnd(wanted, moved, () => {
      watch.stop()
    })
    const request = {
      drop: true,
      oplogReplay: true,
      maintainInsertionOrder: holdsCapped(moment.source.contents),
      durableLater: anchor !== undefined,
      onReplay: oplog.begin,
    }
    const restoring = tools.restore(target, request, fed, watch.signal)
    const outcome = await endingWith(restoring, 'mongorestore', watch.signal, patience)
    for (const why of outcome.fellBack) context.warn(why)
    if (outcome.exitCode !== 0)
      throw toolFailure('mongorestore', outcome, ['ops doctor', 'ops undo'])
    if (outcome.failed > 0) throw incomplete(outcome)
    const replayed = began === 0 ? 0 : world.clock.elapsed() - began
    if (expected) await defineLate(expected, target, world, context.signal)
    if (anchor) await untilDurable(anchor, target, world, context)
    return { ...outcome, replayed }
  } catch (error) {
    ended.abort()
    await oplog.ended(patience, error)
    throw error
  } finally {
    watch.stop()
    ended.abort()
    await oplog.close(patience)
  }
}

/** Whoever spliced it has checked all of it. */
function oneCollection(
  archive: AsyncIterable<Uint8Array>,
  { database, collection }: Namespace,
): AsyncIterable<Uint8Array> {
  const keep = (one: Namespace) => one.database === database && one.collection === collection
  return selectNamespaces(archive, { keep, onView: () => undefined }, { proven: true })
}

/** Of the base's file, and of the entries in the slices. */
function bytesOf({ source, slices }: MomentSource): number {
  return slices.reduce((sum, { rawBytes }) => sum + rawBytes, source.fileBytes)
}

async function defineLate(
  { late }: SplicedState,
  target: Target,
  world: World,
  signal: AbortSignal,
): Promise<void> {
  if (late.views.length + late.series.length === 0) return
  await withSession(target, world, signal, async (session) => {
    for (const series of late.series) {
      signal.throwIfAborted()
      await session.putSeries(series)
    }
    for (const { database, view, definition } of late.views) {
      signal.throwIfAborted()
      await session.putView(database, view, definition)
    }
  })
}

/**
 * A collection that is there in the end, by which the server is asked whether all of it is durable; nothing where
 * mongorestore is to have each batch confirmed by a majority (more members than one, or none at all).
 */
async function anchorFor(
  { catalogue }: SplicedState,
  target: Target,
  world: World,
  signal: AbortSignal,
): Promise<Anchor | undefined> {
  const [name] =
    Object.entries(catalogue).find(
      ([namespace, { type, options }]) =>
        type === 'collection' &&
        !splitNamespace(namespace).collection.startsWith('system.') &&
        !(
          'clusteredIndex' in options ||
          'collation' in options ||
          options['autoIndexId'] === false
        ),
    ) ?? []
  if (name === undefined) return undefined
  return withSession(target, world, signal, async (session) => {
    if ((await session.members()) !== 1) return undefined
    const processId = await session.processId()
    return processId === undefined ? undefined : { ...splitNamespace(name), processId }
  })
}

/** What mongorestore did not wait for. */
async function untilDurable(
  anchor: Anchor,
  target: Target,
  world: World,
  { signal, patience = usualPatience.step }: StepContext,
): Promise<void> {
  const proof = withSession(target, world, signal, (session) =>
    proveDurable(anchor, target, session),
  )
  await endingWith(proof, 'the server', signal, patience)
}
