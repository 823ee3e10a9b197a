import { EJSON, serialize } from 'bson'
import { Failure } from '../domain/failure.js'
import type { Namespace } from '../ports/documents.js'
import { ownDatabases } from '../procedures/restore/selection.js'

/**
 * A query of MongoDB that was typed as JSON or Extended JSON (`{"at": {"$lt": {"$date": "…"}}}`), as BSON. Whether its operators exist is
 * for the server to say. Throws `WHERE_INVALID` (usage); what was typed is not repeated, for it may name a patient.
 */
export function typedQuery(text: string): Uint8Array {
  let query: unknown
  try {
    query = EJSON.parse(text, { relaxed: false })
  } catch (error) {
    const why = error instanceof SyntaxError ? 'it is not JSON' : 'it is not Extended JSON'
    throw invalidQuery(why, error)
  }
  if (typeof query !== 'object' || query === null || Array.isArray(query) || '_bsontype' in query)
    throw invalidQuery('it is not an object')
  return serialize(query)
}

/** A collection that was typed as `database.collection`. Throws `NAMESPACE_INVALID` (usage). */
export function typedNamespace(text: string): Namespace {
  const dot = text.indexOf('.')
  const [database, collection] = [text.slice(0, dot), text.slice(dot + 1)]
  if (dot > 0 && collection !== '' && !ownDatabases.has(database)) return { database, collection }
  throw new Failure(
    'usage',
    'NAMESPACE_INVALID',
    `"${text}" is no collection of yours: a database and a collection with a dot in between`,
    ['--collection medical_records.visits'],
  )
}

function invalidQuery(why: string, cause?: unknown): Failure {
  return new Failure(
    'usage',
    'WHERE_INVALID',
    `--where takes a query that should match nothing, as JSON: ${why}`,
    [
      `--where '{"patient_info.age": {"$lt": 0}}'`,
      `--where '{"at": {"$gt": {"$date": "2030-01-01T00:00:00Z"}}}'`,
    ],
    { cause },
  )
}
