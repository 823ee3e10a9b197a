/**
 * Bytes that a sidecar may use, by what it does. mongodump: ten times what was
 * seen, for documents of 16 MiB in many collections. mongorestore may hold, for each of four
 * collections at once, 16 documents that wait and four batches of up to 48 MB on their way (mongo-tools, mongorestore and
 * common/db): with documents of 16 MB that is close to 3 GiB. Too little would end a restore in the middle.
 */
export const sidecarMemory = { dump: 1024 ** 3, restore: 4 * 1024 ** 3 }
