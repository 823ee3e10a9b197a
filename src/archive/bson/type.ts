/** Type bytes of BSON elements that are looked at by name (bsonspec.org, version 1.1). */
export const bsonType = {
  string: 0x02,
  document: 0x03,
  array: 0x04,
  binary: 0x05,
  boolean: 0x08,
  int32: 0x10,
  timestamp: 0x11,
  int64: 0x12,
} as const

/** An empty document: its length and the byte that ends it. */
export const smallestDocument = 5

/** Bytes of the largest document mongod stores or sends: 16 MiB and 16 KiB of room for what it adds itself. */
export const largestDocument = (16 * 1024 + 16) * 1024

/**
 * Bytes of the largest oplog entry or header taken. An entry wraps a document that may itself be the largest, and
 * metadata is a document once more in text; mongod limits messages to 48 MB (`maxMessageSizeBytes`).
 */
export const largestEntry = 48 * 1024 * 1024
