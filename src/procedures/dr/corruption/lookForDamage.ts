import { ending } from '../../../checks/containers/ending.js'
import { linesOfLastRun } from '../../../checks/containers/lastRun.js'
import { reasonIn } from '../../../checks/containers/reasons.js'
import type { CollectionLook, DamageEvidence } from '../../../checks/corruption/evidence.js'
import type { Manifest } from '../../../domain/manifest.js'
import type { Target } from '../../../domain/target.js'
import type { ContainerFacts } from '../../../ports/engine.js'
import type { MongoSession } from '../../../ports/mongo.js'
import type { World } from '../../../ports/world.js'
import type { DamageSearch } from './damageSearch.js'
import { readCollections } from './readCollections.js'

/** Lines of the log that are searched: what a server says when it starts, and then dies, is some two hundred. */
const searched = 400

/** Milliseconds that a server which has just been started gets to answer or to end. */
const patience = 30_000
const pause = 500

/** Milliseconds that a log may lag behind a server that has just died. */
const logLag = 1_000

/**
 * Collects what tells whether a server's data is damaged, and changes nothing: its container, its log, every collection read
 * to its end and gone over by the server's own `validate`. A server that meets a damaged page while it is read ends by
 * itself: that, too, is evidence; where the log says enough already, nothing is read. Throws what the engine throws, and the signal's reason.
 */
export async function lookForDamage(search: DamageSearch, world: World): Promise<DamageEvidence> {
  const { target, newest, signal } = search
  const first = await world.containers.find(target)
  const log = await logOf(first, world)
  const backup = newest ? { backup: countsOf(newest) } : {}
  if (reasonIn(log.lines, true)?.kind === 'damaged data')
    return {
      ...log,
      ...stateOf(first),
      ...backup,
      diedReading: false,
      spared: true,
      collections: [],
    }
  const { session, silent } = await answering(target, first, world, signal)
  let collections: readonly CollectionLook[] = []
  let hushed = silent
  try {
    if (session) collections = await readCollections(session, search, world.clock)
  } catch (error) {
    signal.throwIfAborted()
    hushed = text(error)
  } finally {
    await session?.close().catch(() => undefined)
  }
  const failed = hushed !== undefined || collections.some(({ read }) => read === 'failed')
  const later = session && failed ? await afterDeath(target, first, world, signal) : first
  const diedReading =
    session !== undefined && (later?.state !== 'running' || later.startedAt !== first?.startedAt)
  return {
    ...stateOf(later),
    ...(await logOf(first, world)),
    ...backup,
    ...(hushed === undefined ? {} : { silent: hushed }),
    diedReading,
    spared: false,
    collections,
  }
}

function stateOf(facts: ContainerFacts | undefined): Pick<DamageEvidence, 'container'> {
  if (!facts) return {}
  const { state, restarts } = facts
  if (state === 'restarting' || (state === 'running' && restarts > 0))
    return { container: 'it starts over and over' }
  return { container: state === 'running' ? 'it runs on' : ending(facts, true) }
}

/** Asks until the server answers, or its container does not run any more, or was started anew. */
async function answering(
  target: Target,
  first: ContainerFacts | undefined,
  world: World,
  signal: AbortSignal,
): Promise<{ readonly session?: MongoSession; readonly silent?: string }> {
  if (!first) return { silent: 'it has no container' }
  if (first.state !== 'running') return { silent: `its container is ${first.state}` }
  const until = world.clock.elapsed() + patience
  for (;;) {
    signal.throwIfAborted()
    let silent: string
    try {
      return { session: await world.mongo.connect(target, signal) }
    } catch (error) {
      signal.throwIfAborted()
      silent = text(error)
    }
    const now = await world.containers.find(target)
    const gone = now?.state !== 'running' || now.startedAt !== first.startedAt
    if (gone || world.clock.elapsed() >= until) return { silent }
    await world.clock.sleep(pause, signal)
  }
}

/** A server that dies says so a moment later, and its container is started again by the engine. */
async function afterDeath(
  target: Target,
  first: ContainerFacts | undefined,
  world: World,
  signal: AbortSignal,
): Promise<ContainerFacts | undefined> {
  const until = world.clock.elapsed() + logLag
  for (;;) {
    const now = await world.containers.find(target)
    const died = now?.state !== 'running' || now.startedAt !== first?.startedAt
    if (died || world.clock.elapsed() >= until) return now
    await world.clock.sleep(pause / 5, signal)
  }
}

/** From the last start before anything was read: what was logged earlier may be long mended. */
async function logOf(
  first: ContainerFacts | undefined,
  { compose }: Pick<World, 'compose'>,
): Promise<Pick<DamageEvidence, 'lines' | 'unreadLog'>> {
  if (!first || first.state === 'created') return { lines: [] }
  try {
    const lines = await compose.lastLines(first.name, searched)
    return { lines: linesOfLastRun(lines, first.startedAt) }
  } catch (error) {
    return { lines: [], unreadLog: text(error) }
  }
}

function countsOf({ id, collections }: Pick<Manifest, 'id' | 'collections'>) {
  const documents = Object.entries(collections).map(
    ([name, { documents: count }]) => [name, count] as const,
  )
  return { id, documents: Object.fromEntries(documents) }
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
