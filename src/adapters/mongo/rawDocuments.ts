import { BSON, type Db, type ObjectId } from 'mongodb'

/** Documents of one batch: several of the largest must not fill the memory. */
const atOnce = 10

/** What an `_id` is made of stays as it is: numbers of 32 and of 64 bits are told apart. */
const asStored = { promoteValues: false, promoteBuffers: false, bsonRegExp: true } as const

/** Documents by their `_id`, in the bytes in which the server keeps them. */
export async function* rawDocuments(
  db: Db,
  collection: string,
  ids: readonly Uint8Array[],
): AsyncGenerator<Uint8Array> {
  // An `_id` may be of any type; the driver's types know of one.
  const wanted = ids.map((id) => BSON.deserialize(id, asStored)['_id'] as ObjectId)
  const cursor = db
    .collection(collection)
    .find({ _id: { $in: wanted } }, { raw: true, batchSize: atOnce })
  // With `raw` the driver hands out bytes, which its types do not say.
  for await (const document of cursor) yield document as unknown as Uint8Array
}
