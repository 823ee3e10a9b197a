import type { Optime } from '../../domain/contents.js'
import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { LiveNamespace, MongoSession } from '../../ports/mongo.js'
import type { World } from '../../ports/world.js'
import { unlessAborted } from './unlessAborted.js'

/** Namespaces with their documents, and which of those numbers are the server's own counts still. */
export interface Counted {
  readonly namespaces: readonly LiveNamespace[]
  /** `database.collection` of what was not counted one by one. */
  readonly estimated: readonly string[]
}

/** Nothing was counted yet: every number is the server's own. */
export function uncounted(namespaces: readonly LiveNamespace[]): Counted {
  return { namespaces, estimated: namespaces.filter(holdsDocuments).map(nameOf) }
}

/**
 * Counts the documents one by one, of small collections first, until the signal ends it. With an optime: as they were then.
 * Never throws: what cannot be counted stays as the server says.
 */
export async function countDocuments(
  namespaces: readonly LiveNamespace[],
  session: MongoSession,
  signal: AbortSignal,
  at?: Optime,
): Promise<Counted> {
  const counts = new Map<string, number>()
  const waiting = namespaces
    .filter(holdsDocuments)
    .toSorted((one, other) => one.documents - other.documents)
  for (const namespace of waiting) {
    const counting = session.countDocuments(namespace, at)
    const documents = await unlessAborted(counting, signal).catch(() => undefined)
    if (signal.aborted) break
    if (documents !== undefined) counts.set(nameOf(namespace), documents)
  }
  return {
    namespaces: namespaces.map((namespace) => ({
      ...namespace,
      documents: counts.get(nameOf(namespace)) ?? namespace.documents,
    })),
    estimated: waiting.map(nameOf).filter((name) => !counts.has(name)),
  }
}

/** Counts, in a session of its own, what a server held at an optime of the last minutes. Throws the signal's reason. */
export async function countedThen(
  before: Counted,
  at: Optime,
  target: Target,
  { mongo }: Pick<World, 'mongo'>,
  signal: AbortSignal,
): Promise<Counted> {
  const session = await mongo.connect(target, signal).catch((error: unknown) => {
    signal.throwIfAborted()
    if (error instanceof Failure) return undefined
    throw error
  })
  if (!session) return before
  try {
    const counted = await countDocuments(before.namespaces, session, signal, at)
    signal.throwIfAborted()
    return counted
  } finally {
    // What is still being counted ends with its session.
    await session.close().catch(() => undefined)
  }
}

/** A view holds none. */
function holdsDocuments({ type }: LiveNamespace): boolean {
  return type !== 'view'
}

function nameOf({ database, collection }: LiveNamespace): string {
  return `${database}.${collection}`
}
