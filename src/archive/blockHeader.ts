import { Elements } from './bson/elements.js'
import { DocumentWriter } from './bson/documentWriter.js'
import { bsonType } from './bson/type.js'
import { damage } from './damage.js'

/** What stands before the documents of a block: whose they are, or that a namespace has no more of them. */
export interface BlockHeader {
  readonly database: string
  readonly collection: string
  /** True: nothing more of this namespace follows, and `crc` is that of all its documents. */
  readonly last: boolean
  /** Unsigned. 0 unless `last`. */
  readonly crc: bigint
}

const fields = [
  ['db', bsonType.string],
  ['collection', bsonType.string],
  ['EOF', bsonType.boolean],
  ['CRC', bsonType.int64],
] as const

/**
 * Reads a block header. No checksum covers it, so it must be exactly what mongodump writes: these fields, in this
 * order, of these types, and no checksum but in the last one. Throws ARCHIVE_CORRUPT.
 */
export function readBlockHeader(document: Buffer, offset: number): BlockHeader {
  const elements = new Elements(document, offset)
  const found = fields.map(([name, type]) => {
    if (!elements.next() || elements.name !== name || elements.type !== type) {
      throw damage(
        'ARCHIVE_CORRUPT',
        offset,
        `the header of a block does not have its field ${name}`,
      )
    }
    return { text: elements.text ?? '', start: elements.start }
  })
  if (elements.next()) {
    throw damage('ARCHIVE_CORRUPT', offset, 'the header of a block has an unknown field')
  }
  const [database, collection, last, crc] = found
  const header = {
    database: database?.text ?? '',
    collection: collection?.text ?? '',
    last: document[last?.start ?? 0] === 1,
    crc: document.readBigUInt64LE(crc?.start ?? 0),
  }
  if (!header.last && header.crc !== 0n) {
    throw damage('ARCHIVE_CORRUPT', offset, 'the header of a block states a checksum too early')
  }
  return header
}

/** The header as mongodump writes it. */
export function encodeBlockHeader({ database, collection, last, crc }: BlockHeader): Buffer {
  return new DocumentWriter()
    .text('db', database)
    .text('collection', collection)
    .boolean('EOF', last)
    .int64('CRC', crc)
    .finish()
}
