import { MongoServerError } from 'mongodb'
import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import { mongoFailure } from './mongoFailure.js'

/** What a server says of a query may quote a document that it was tried on: its code alone is passed on. */
export function queryFailure(target: Target, error: unknown): unknown {
  const known = mongoFailure(target, error)
  if (known !== error || !(error instanceof MongoServerError)) return known
  return new Failure(
    'usage',
    'QUERY_REFUSED',
    `the server of "${target.name}" does not take the query (${codeOf(error)})`,
    ['mongosh --eval "db.COLLECTION.find(QUERY).limit(1)"   (says why)'],
    { cause: error },
  )
}

/** The code of a server's error, with its name. */
export function codeOf({
  code,
  codeName,
}: {
  readonly code?: unknown
  readonly codeName?: unknown
}) {
  return `error ${String(code)}${typeof codeName === 'string' ? `, ${codeName}` : ''}`
}
