import type { Db, Document } from 'mongodb'

/** What `validate` finds wrong with a collection, its data and its indexes; nothing where it is whole. */
export async function validated(
  db: Db,
  collection: string,
  beside = false,
): Promise<readonly string[]> {
  const answer: Document = await db.command({
    validate: collection,
    ...(beside ? { background: true } : {}),
  })
  if (answer['valid'] === true) return []
  const errors = (answer['errors'] ?? []) as readonly unknown[]
  return errors.length > 0
    ? errors.map(String)
    : ['the server calls it invalid and does not say why']
}
