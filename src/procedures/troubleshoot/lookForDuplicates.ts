import type { DuplicatesSeen } from '../../checks/troubleshoot/evidence.js'
import type { Target } from '../../domain/target.js'
import type { MongoSession } from '../../ports/mongo.js'
import type { OperationsSession } from '../../ports/operations.js'
import type { TroubleshootRequest } from './request.js'

/** Documents of the largest collection that is searched without being named. */
const unnamed = 200_000

/** Milliseconds for one collection. */
const patience = 60_000

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
 * a large collection only where it was named itself; else it is told as skipped.
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
    const counted = await doing.duplicates({ database, collection }, fields, patience)
    found.push({ namespace, fields, ...counted })
  }
  return found
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
