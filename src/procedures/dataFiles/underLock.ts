import type { LiveNamespace, MongoSession, ReplicationTimes } from '../../ports/mongo.js'
import type { World } from '../../ports/world.js'
import type { StepContext } from '../plan.js'
import { countDocuments, uncounted, type Counted } from './counting.js'
import { writeDataFiles, type CopyJob, type WrittenDataFiles } from './writeDataFiles.js'

/** What was seen of the server under the lock: what a restore of the files is held against. */
export interface SeenUnderLock {
  readonly at: Date
  readonly databases: readonly string[]
  readonly counted: Counted
  /** Absent on a standalone. */
  readonly times?: ReplicationTimes
  readonly written: WrittenDataFiles
}

/** Copies the files and looks at the server meanwhile; neither waits for the other. Throws what either throws. */
export async function copyUnderLock(
  job: CopyJob,
  world: Pick<World, 'clock' | 'dataVolumes'>,
  session: MongoSession,
  signal: AbortSignal,
  context: Pick<StepContext, 'amount'>,
): Promise<SeenUnderLock> {
  const at = world.clock.now()
  const times = await session.replicationTimes()
  const databases = await session.databases()
  const writing = writeDataFiles(job, world.dataVolumes, signal, context)
  // What fails while the server is asked is told once that answered, and must not end the process meanwhile.
  writing.catch(() => undefined)
  try {
    const namespaces = await session.namespaces(databases, 'roughly')
    const counted = await countedWhile(writing, namespaces, session, times)
    return { at, databases, counted, ...(times ? { times } : {}), written: await writing }
  } catch (error) {
    await writing.catch(() => undefined)
    throw error
  }
}

/**
 * The documents of a replica set are counted afterwards, as they were now. A standalone knows no past: they are counted
 * while the files are copied, and not a moment longer.
 */
async function countedWhile(
  writing: Promise<unknown>,
  namespaces: readonly LiveNamespace[],
  session: MongoSession,
  times: ReplicationTimes | undefined,
): Promise<Counted> {
  if (times) return uncounted(namespaces)
  const written = new AbortController()
  const stop = () => {
    written.abort()
  }
  writing.then(stop, stop)
  return countDocuments(namespaces, session, written.signal)
}
