import type { IndexesApart, RawIndex } from '../../archive/select.js'
import type { ArchiveContents, IndexDefinition, NamespaceContents } from '../../domain/contents.js'
import { Failure } from '../../domain/failure.js'
import type { MongoSession } from '../../ports/mongo.js'
import { changedByCommand } from './compare.js'
import type { Selection } from './selection.js'

/** Bytes of documents from which on a second reading of them costs less than the other core would stand idle. */
const worthwhile = 64 * 1024 * 1024

/** Builds at a time. The server gives each up to 200 MB (`maxIndexBuildMemoryUsageMegabytes`), and allows three. */
const lanes = 2

/** What an index may have besides its name and key to be built apart: nothing that data can make fail or mean otherwise. */
const harmless: ReadonlySet<string> = new Set([
  'v',
  'ns',
  'background',
  'sparse',
  'hidden',
  'expireAfterSeconds',
])

/** Some indexes of one collection, for one reading of it. */
interface Build {
  readonly database: string
  readonly collection: string
  readonly definitions: readonly RawIndex[]
}

/**
 * The indexes that mongorestore is not asked for. It builds those of a collection by one command, on one core, while
 * everything else is idle; two commands side by side are done in two thirds of the time.
 */
export class LaterIndexes implements IndexesApart {
  readonly #builds: Build[] = []
  readonly #apart: ReadonlyMap<string, ReadonlySet<string>>

  constructor(selection: Selection, contents: ArchiveContents) {
    this.#apart = new Map(
      Object.entries(selection.namespaces)
        .filter(([name, namespace]) => !changedByCommand(name, namespace, contents))
        .map(([name, namespace]) => [name, namesApart(namespace)]),
    )
  }

  leaveOut(namespace: string, index: string): boolean {
    return this.#apart.get(namespace)?.has(index) ?? false
  }

  onLeftOut(database: string, collection: string, indexes: readonly RawIndex[]): void {
    for (let lane = 0; lane < lanes; lane++) {
      const definitions = indexes.filter((_, at) => at % lanes === lane)
      if (definitions.length > 0) this.#builds.push({ database, collection, definitions })
    }
  }

  /** How many are to be built. */
  get count(): number {
    return this.#builds.reduce((sum, { definitions }) => sum + definitions.length, 0)
  }

  /** Builds what was left out. Throws `RESTORE_FAILED` (failed), the signal's reason; a build that runs ends with its session. */
  async build(session: MongoSession, signal: AbortSignal): Promise<void> {
    const waiting = [...this.#builds]
    const lane = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        signal.throwIfAborted()
        await builtBy(session, next)
      }
    }
    await beforeAbort(Promise.all(Array.from({ length: lanes }, lane)), signal)
  }
}

async function builtBy(
  session: MongoSession,
  { database, collection, definitions }: Build,
): Promise<void> {
  try {
    await session.buildIndexes(database, collection, definitions)
  } catch (cause) {
    if (cause instanceof Failure) throw cause
    const names = definitions.map(({ name }) => name).join(', ')
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Failure(
      'failed',
      'RESTORE_FAILED',
      `the indexes ${names} of ${database}.${collection} could not be built: ${why}`,
      ['ops doctor', 'ops undo'],
      { cause },
    )
  }
}

/** Names of the indexes that can be built apart; none where that would win nothing. */
function namesApart(namespace: NamespaceContents): ReadonlySet<string> {
  const { type, collection, bytes, options = {}, indexes } = namespace
  const plain = type === 'collection' && !collection.startsWith('system.')
  // A collation of the collection is handed down to indexes that state none; a clustered one lists its own key.
  const usual = !('collation' in options) && !('clusteredIndex' in options)
  if (!plain || !usual || bytes < worthwhile) return new Set()
  const apart = indexes.filter(isHarmless)
  return new Set(apart.length < lanes ? [] : apart.map(({ name }) => name))
}

function isHarmless({ name, key, options }: IndexDefinition): boolean {
  return (
    name !== '_id_' &&
    Object.values(key).every((direction) => direction === 1 || direction === -1) &&
    Object.keys(options).every((option) => harmless.has(option))
  )
}

function beforeAbort<Answer>(work: Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  let abort: () => void = () => undefined
  const aborted = new Promise<never>((_, reject) => {
    abort = () => {
      reject(signal.reason as Error)
    }
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
  })
  return Promise.race([work, aborted]).finally(() => {
    signal.removeEventListener('abort', abort)
  })
}
