import type { ArchiveContents } from '../../domain/contents.js'
import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { MongoSession } from '../../ports/mongo.js'
import { changedByCommand } from './compare.js'
import type { Selection } from './selection.js'

/** A collection that is there once a selection is restored, under its name then, and who is to restore it. */
export interface Anchor {
  readonly database: string
  readonly collection: string
  /** The server's process before anything is restored. */
  readonly processId: string
}

/**
 * Where the server is to be asked, after a restore, whether all of it is durable; nothing where mongorestore is to have
 * every batch confirmed as its default says. With a single member the journal is all that such a confirmation waits for,
 * thousands of times: once at the end is as good. With more members it keeps them from falling behind, so it stays; a
 * standalone has no order of writes that one of them could be asked for. Nor is it put off where nobody could tell that the
 * server was restarted meanwhile.
 */
export async function durabilityAnchor(
  selection: Selection,
  contents: ArchiveContents,
  session: MongoSession,
): Promise<Anchor | undefined> {
  const [, found] =
    Object.entries(selection.namespaces).find(
      ([name, namespace]) =>
        namespace.type === 'collection' &&
        !namespace.collection.startsWith('system.') &&
        namespace.indexes.some((index) => index.name === '_id_') &&
        // One that was dropped or made anew while the backup was taken need not be there in the end.
        !changedByCommand(name, namespace, contents),
    ) ?? []
  if (!found || (await session.members()) !== 1) return undefined
  const processId = await session.processId()
  if (processId === undefined) return undefined
  const { database, collection } = found
  return { database: selection.into ?? database, collection, processId }
}

/**
 * Resolves once everything that was restored is durable. Asked after that who answered: a server that was restarted in
 * between may have lost writes that mongorestore took for done, and knows nothing of them. Throws `RESTORE_UNPROVED`
 * (failed).
 */
export async function proveDurable(
  { database, collection, processId }: Anchor,
  target: Target,
  session: MongoSession,
): Promise<void> {
  await session.durable(database, collection)
  if ((await session.processId()) === processId) return
  throw new Failure(
    'failed',
    'RESTORE_UNPROVED',
    `the server of "${target.name}" was restarted while it was restored: it may have lost what mongorestore took for written`,
    ['ops undo', 'ops doctor'],
  )
}
