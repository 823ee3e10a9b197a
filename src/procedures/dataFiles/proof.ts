import { Failure } from '../../domain/failure.js'
import type { Manifest } from '../../domain/manifest.js'
import type { MongoSession } from '../../ports/mongo.js'
import { compareRestored, type Comparison } from '../restore/compare.js'
import type { StepContext } from '../plan.js'

/**
 * Counts every document and holds collections and indexes against the manifest. Throws `RESTORE_DIFFERS` (integrity).
 *
 * The manifest has the server's own counts, which a crash long ago may have put wrong; they are part of the files. Where
 * counting finds another number and those still say what the manifest says, the files are the right ones: that is told.
 */
export async function prove(
  manifest: Manifest,
  session: MongoSession,
  { warn }: Pick<StepContext, 'warn'>,
): Promise<Comparison> {
  const { collections: namespaces, databases, serverVersion, toolVersion, rawBytes } = manifest
  const contents = { serverVersion, toolVersion, rawBytes, namespaces }
  const selection = { databases, namespaces }
  const exactly = await session.namespaces(databases, 'exactly')
  const comparison = compareRestored(contents, selection, exactly)
  if (comparison.problems.length > 0) {
    const roughly = await session.namespaces(databases, 'roughly')
    const { problems } = compareRestored(contents, selection, roughly)
    if (problems.length > 0)
      throw new Failure(
        'integrity',
        'RESTORE_DIFFERS',
        `the restored files are not what the backup says: ${problems.join('; ')}`,
        ['ops backup list', 'ops doctor'],
        { facts: { problems } },
      )
    for (const problem of comparison.problems)
      warn(`${problem}: the server's own count was that much off when the files were copied`)
  }
  for (const note of comparison.notes) warn(note)
  return comparison
}
