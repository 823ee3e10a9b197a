import { Failure } from '../../domain/failure.js'
import { nearestName } from '../../domain/nearest.js'
import type { Target } from '../../domain/target.js'
import type { Namespace } from '../../ports/documents.js'
import type { LiveNamespace, MongoSession } from '../../ports/mongo.js'

/** A namespace that is looked at; `live` is absent where it is expected, and not there. */
export interface ChosenNamespace extends Namespace {
  readonly name: string
  readonly live?: LiveNamespace
}

/** `database.collection`. */
export function nameOf({ database, collection }: Namespace): string {
  return `${database}.${collection}`
}

/** A name of ops.yaml in its two parts. */
export function namespaceOf(name: string): Namespace {
  const dot = name.indexOf('.')
  return { database: name.slice(0, dot), collection: name.slice(dot + 1) }
}

/**
 * What is looked at: what was asked for; else what is expected; else everything there is. Throws `NAMESPACE_UNKNOWN` (not-found) for
 * what is not there, unless it is expected and `mayLack`; `NAMESPACE_NONE` (not-found) where there is nothing at all.
 */
export async function chosenNamespaces(
  session: MongoSession,
  target: Target,
  asked: readonly Namespace[],
  { mayLack }: { readonly mayLack: boolean },
): Promise<readonly ChosenNamespace[]> {
  const expected = Object.keys(target.expectations)
  const named = [
    ...asked.map(({ database }) => database),
    ...expected.map((name) => namespaceOf(name).database),
  ]
  const own = target.databases.length > 0 ? target.databases : await ownDatabases(session, named)
  const all = await session.namespaces([...new Set([...own, ...named])], 'roughly')
  const there = new Map(all.map((live) => [nameOf(live), live]))
  const wanted = asked.length > 0 ? [...new Set(asked.map(nameOf))] : expected
  if (wanted.length === 0 && all.length === 0)
    throw new Failure(
      'not-found',
      'NAMESPACE_NONE',
      `there is no collection in ${own.length === 0 ? 'any database' : own.join(', ')} of "${target.name}"`,
      ['ops restore --dry-run', 'ops pipeline run'],
    )
  return (wanted.length > 0 ? wanted : [...there.keys()]).map((name) => {
    const live = there.get(name)
    if (!live && !(mayLack && target.expectations[name]))
      throw unknownNamespace(name, [...there.keys()])
    return { name, ...namespaceOf(name), ...(live ? { live } : {}) }
  })
}

/** Somebody who may not list databases, but who said which one he means, has said enough. */
async function ownDatabases(
  session: MongoSession,
  named: readonly string[],
): Promise<readonly string[]> {
  try {
    return await session.databases()
  } catch (error) {
    const may = error instanceof Failure && error.code === 'MONGO_UNAUTHORIZED' && named.length > 0
    if (may) return []
    throw error
  }
}

/** Names that are listed: of hundreds nobody reads more. */
const listed = 20

function unknownNamespace(name: string, there: readonly string[]): Failure {
  const meant = nearestName(name, there)
  const some = there.slice(0, listed).join(', ') || 'none'
  const more = there.length > listed ? `, and ${(there.length - listed).toString()} more` : ''
  return new Failure(
    'not-found',
    'NAMESPACE_UNKNOWN',
    `there is no ${name}${meant === undefined ? '' : `; did you mean ${meant}?`} (there is: ${some}${more})`,
    [meant === undefined ? 'ops data check' : `ops data check ${meant}`],
    { facts: { there } },
  )
}
