import type { DuplicatesSeen } from '../../checks/troubleshoot/evidence.js'
import type { Target } from '../../domain/target.js'
import type { MongoSession } from '../../ports/mongo.js'
import type { OperationsSession } from '../../ports/operations.js'
import type { TroubleshootRequest } from './request.js'

/** Documents of the largest collection that is searched without being asked for, and milliseconds for one. */
const unasked = { documents: 200_000, milliseconds: 10_000 }

/** Milliseconds for one collection that somebody asked about. */
const patience = 60_000

/** One search: a collection, and the fields by which it is grouped. */
interface Search {
  readonly database: string
  readonly collection: string
  readonly fields: readonly string[]
}

/**
 * Counts documents that are there more than once: by the fields that somebody named, or else by those that are expected to be unique, and
 * those that are equal in everything but their `_id`. Throws where a collection is too large to be searched without being asked for: nothing is known of it then.
 */
export async function lookForDuplicates(
  target: Target,
  { twice, symptom }: Pick<TroubleshootRequest, 'twice' | 'symptom'>,
  session: MongoSession,
  doing: OperationsSession,
  signal: AbortSignal,
): Promise<readonly DuplicatesSeen[]> {
  if (symptom !== undefined && symptom !== 'duplicates') return []
  const searches = twice ? [named(twice)] : await everywhere(target, symptom, session)
  const found: DuplicatesSeen[] = []
  for (const { database, collection, fields } of searches) {
    signal.throwIfAborted()
    const limit = symptom === undefined ? unasked.milliseconds : patience
    const counted = await doing.duplicates({ database, collection }, fields, limit)
    found.push({ namespace: `${database}.${collection}`, fields, ...counted })
  }
  return found
}

function named({ namespace, fields }: NonNullable<TroubleshootRequest['twice']>): Search {
  const at = namespace.indexOf('.')
  return { database: namespace.slice(0, at), collection: namespace.slice(at + 1), fields }
}

async function everywhere(
  { databases, expectations }: Target,
  symptom: TroubleshootRequest['symptom'],
  session: MongoSession,
): Promise<readonly Search[]> {
  const names = databases.length > 0 ? databases : await session.databases()
  const live = (await session.namespaces(names, 'roughly')).filter(
    ({ type }) => type === 'collection',
  )
  const large = live.find(({ documents }) => documents > unasked.documents)
  if (large && symptom === undefined)
    throw new Error(
      `${large.database}.${large.collection} has ${large.documents.toString()} documents: searched by "ops troubleshoot duplicates" only`,
    )
  return live.flatMap(({ database, collection }) => {
    const { unique = [] } = expectations[`${database}.${collection}`] ?? {}
    const keys = unique.map((key) => key.split(',').map((field) => field.trim()))
    return [[], ...keys].map((fields) => ({ database, collection, fields }))
  })
}
