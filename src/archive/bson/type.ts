/** Type bytes of BSON elements that are looked at by name (bsonspec.org, version 1.1). */
export const bsonType = {
  string: 0x02,
  document: 0x03,
  array: 0x04,
  binary: 0x05,
  boolean: 0x08,
  date: 0x09,
  int32: 0x10,
  timestamp: 0x11,
  int64: 0x12,
} as const

/** An empty document: its length and the byte that ends it. */
export const smallestDocument = 5

/**
 * Bytes of the largest document mongorestore takes out of an archive, oplog included (`MaxBSONSize` of
 * https://github.com/mongodb/mongo-tools/blob/master/common/db/db.go, held to in common/archive/parser.go). It is also
 * the largest that mongod stores (`maxBsonObjectSize`).
 */
export const largestDocument = 16 * 1024 * 1024

/**
 * Bytes of the largest oplog entry or header read. An entry wraps a document that may itself be the largest: mongodump
 * writes such an entry, and no mongorestore takes it. mongod limits messages to 48 MB (`maxMessageSizeBytes`).
 */
export const largestEntry = 48 * 1024 * 1024
