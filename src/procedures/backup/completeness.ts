import type { ArchiveContents } from '../../domain/contents.js'
import { Failure } from '../../domain/failure.js'
import type { LiveNamespace } from '../../ports/mongo.js'

/**
 * Holds an archive against the server: every collection that was there before the dump and is there after it must be in
 * it, and none may be empty that held documents both times. mongodump leaves out what it does not find, with exit code 0.
 * Throws `DUMP_INCOMPLETE` (integrity).
 */
export function requireComplete(
  contents: ArchiveContents,
  before: readonly LiveNamespace[],
  after: readonly LiveNamespace[],
): void {
  const still = new Map(after.map((live) => [nameOf(live), live]))
  const problems = before.flatMap((live) => {
    const name = nameOf(live)
    const now = still.get(name)
    if (!now) return []
    const dumped = contents.namespaces[name]
    if (!dumped) return [`${name} is not in it`]
    const held = Math.min(live.documents, now.documents)
    return held > 0 && dumped.documents === 0
      ? [`${name} is empty in it, with ${held.toString()} documents on the server`]
      : []
  })
  if (problems.length === 0) return
  throw new Failure(
    'integrity',
    'DUMP_INCOMPLETE',
    `mongodump said that all went well, but ${problems.join('; ')}`,
    ['ops backup', 'ops doctor'],
    { facts: { problems } },
  )
}

function nameOf({ database, collection }: LiveNamespace): string {
  return `${database}.${collection}`
}
