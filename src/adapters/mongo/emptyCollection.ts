import type { Db } from 'mongodb'

/** Removes every document. The role `restore` may not, but need not where there are none. */
export async function emptyCollection(db: Db, name: string): Promise<void> {
  const collection = db.collection(name)
  if ((await collection.findOne({}, { projection: { _id: 1 } })) === null) return
  await collection.deleteMany({})
}
