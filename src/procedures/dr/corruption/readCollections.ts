import type { CollectionLook } from '../../../checks/corruption/evidence.js'
import { storedName } from '../../../domain/buckets.js'
import { Failure } from '../../../domain/failure.js'
import type { Clock } from '../../../ports/clock.js'
import type { LiveNamespace, MongoSession } from '../../../ports/mongo.js'
import { unlessAborted } from '../../dataFiles/unlessAborted.js'
import type { DamageSearch } from './damageSearch.js'

/**
 * Reads every collection of every database to its end, one after the other, then has the server go over data and indexes as
 * of its last checkpoint: nobody has to wait for either. What the limit does not leave time for is `not looked at`. Throws
 * what listing the collections throws, and the signal's reason.
 */
export async function readCollections(
  session: MongoSession,
  { target, limit, signal }: DamageSearch,
  clock: Clock,
): Promise<readonly CollectionLook[]> {
  const over = new AbortController()
  const ended = new AbortController()
  const reached = new Failure(
    'timed-out',
    'LOOK_LIMIT_REACHED',
    `the time for looking (${(limit / 1000).toString()} s) was over`,
    ['ops dr corruption --look-limit 30m'],
  )
  clock.sleep(limit, AbortSignal.any([signal, ended.signal])).then(
    () => {
      over.abort(reached)
    },
    () => undefined,
  )
  const bound = AbortSignal.any([signal, over.signal])
  try {
    const names = [...new Set([...target.databases, ...(await session.databases())])]
    const all = await unlessAborted(session.namespaces(names, 'roughly'), bound)
    const looks: CollectionLook[] = []
    let broken: string | undefined
    for (const namespace of all.filter(({ type }) => type !== 'view')) {
      signal.throwIfAborted()
      const why = broken ?? (over.signal.aborted ? reached.message : undefined)
      const look: CollectionLook =
        why === undefined
          ? await readOne(session, namespace, bound)
          : { name: nameOf(namespace), read: 'not looked at', problems: [], because: why }
      looks.push(look)
      // A server that died answers nothing more: each further question would take its whole patience.
      if (look.read === 'failed' && !over.signal.aborted && (await isGone(session, bound)))
        broken ??= `the server ended while ${look.name} was read`
    }
    return looks
  } finally {
    ended.abort()
  }
}

async function readOne(
  session: MongoSession,
  namespace: LiveNamespace,
  signal: AbortSignal,
): Promise<CollectionLook> {
  const { database, collection, type } = namespace
  const name = nameOf(namespace)
  try {
    const documents = await unlessAborted(session.countDocuments(namespace), signal)
    const stored = storedName(collection, type)
    const problems = await unlessAborted(
      session.validate(database, stored, { beside: true }),
      signal,
    )
    return { name, read: 'whole', problems, ...(documents === undefined ? {} : { documents }) }
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error)
    return { name, read: signal.aborted ? 'not looked at' : 'failed', problems: [], because }
  }
}

async function isGone(session: MongoSession, signal: AbortSignal): Promise<boolean> {
  try {
    await unlessAborted(session.server(), signal)
    return false
  } catch {
    return true
  }
}

function nameOf({ database, collection }: LiveNamespace): string {
  return `${database}.${collection}`
}
