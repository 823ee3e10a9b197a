import type { DuplicatesSeen } from '../../checks/troubleshoot/evidence.js'
import type { Target } from '../../domain/target.js'
import type { MongoSession } from '../../ports/mongo.js'
import type { OperationsSession } from '../../ports/operations.js'
import type { TroubleshootRequest } from './request.js'
import { boundOf, boundText, withoutDisk } from './searchBound.js'

/** Documents of the largest collection that is searched without being named. */
const unnamed = 200_000

/** One search: a collection, and the fields by which it is grouped. */
interface Search {
  readonly database: string
  readonly collection: string
  readonly fields: readonly string[]
  readonly skipped?: string
}

/**
 * Counts documents that are there more than once: by the fields that somebody named, or else by those that are expected to be unique, and
 * those that are equal in everything but their `_id`. That reads whole collections: nothing is searched unless that symptom was named, and
 * a large collection only where it was named itself; else it is told as skipped. The disk of the server is used only for a collection that
 * was named, and only where it has the room.
 */
export async function lookForDuplicates(
  target: Target,
  { twice, symptom }: Pick<TroubleshootRequest, 'twice' | 'symptom'>,
  session: MongoSession,
  doing: OperationsSession,
  signal: AbortSignal,
): Promise<readonly DuplicatesSeen[]> {
  if (symptom !== 'duplicates') return []
  const searches = twice ? [named(twice)] : await everywhere(target, session)
  const found: DuplicatesSeen[] = []
  for (const { database, collection, fields, skipped } of searches) {
    signal.throwIfAborted()
    const namespace = `${database}.${collection}`
    if (skipped !== undefined) {
      found.push({ namespace, fields, groups: 0, surplus: 0, skipped })
      continue
    }
    const where = { database, collection }
    const bound = twice ? await boundOf(where, doing) : withoutDisk
    const counted = await doing.duplicates(where, fields, bound)
    found.push({
      namespace,
      fields,
      bound: boundText(bound),
      ...(twice ? { named: true as const } : {}),
      ...(counted ?? { groups: 0, surplus: 0, skipped: tooLarge(twice !== undefined) }),
    })
  }
  return found
}

function tooLarge(isNamed: boolean): string {
  const why = 'it takes more than the 100 MB of memory that a server gives to one search'
  return isNamed
    ? `${why}, and its disk has no room for the rest: a tenth of it has to stay free`
    : `${why}: searched with its disk where it is named by --collection`
}

function named({ namespace, fields }: NonNullable<TroubleshootRequest['twice']>): Search {
  const at = namespace.indexOf('.')
  return { database: namespace.slice(0, at), collection: namespace.slice(at + 1), fields }
}

async function everywhere(
  { databases, expectations }: Target,
  session: MongoSession,
): Promise<readonly Search[]> {
  const names = databases.length > 0 ? databases : await session.databases()
  const live = (await session.namespaces(names, 'roughly')).filter(
    ({ type }) => type === 'collection',
  )
  return live.flatMap(({ database, collection, documents }): readonly Search[] => {
    if (documents > unnamed) {
      const skipped = `it has ${documents.toString()} documents: searched where it is named by --collection`
      return [{ database, collection, fields: [], skipped }]
    }
    const { unique = [] } = expectations[`${database}.${collection}`] ?? {}
    const keys = unique.map((key) => key.split(',').map((field) => field.trim()))
    return [[], ...keys].map((fields) => ({ database, collection, fields }))
  })
}
