import { serialize, Long, type Document } from 'bson'
import { Crc64 } from '../../../src/archive/crc64.js'

const magic = Buffer.from('6de29981', 'hex')
const terminator = Buffer.from('ffffffff', 'hex')

/** What a builder puts into an archive, byte by byte as mongodump does. */
export interface Namespace {
  readonly db: string
  readonly collection: string
  readonly documents?: readonly (Document | Uint8Array)[]
  readonly metadata?: string
  readonly type?: string
  /** Where documents stand, if not under `collection`. */
  readonly storedAs?: string
}

export const versions = {
  concurrent_collections: 4,
  version: '0.1',
  server_version: '6.0.5',
  tool_version: '100.13.0',
}

/** A whole archive: every namespace in one segment, then closed. */
export function archive(namespaces: readonly Namespace[]): Buffer {
  const blocks = namespaces.map((namespace) =>
    Buffer.concat([segment(namespace), closing(namespace)]),
  )
  return Buffer.concat([prelude(namespaces), ...blocks])
}

export function prelude(namespaces: readonly Namespace[], header: Document = versions): Buffer {
  const entries = namespaces.map(({ db, collection, metadata, type }) =>
    serialize({
      db,
      collection,
      metadata: metadata ?? '{"options":{},"indexes":[]}',
      size: 0,
      type: type ?? 'collection',
    }),
  )
  return Buffer.concat([magic, serialize(header), ...entries, terminator])
}

export function segment(namespace: Namespace): Buffer {
  return Buffer.concat([blockHeader(namespace), body(namespace), terminator])
}

export function closing(namespace: Namespace, crc = crcOf(body(namespace))): Buffer {
  return Buffer.concat([blockHeader(namespace, { EOF: true, CRC: crc }), terminator])
}

export function blockHeader(
  { db, collection, storedAs }: Namespace,
  end: { EOF: boolean; CRC: bigint } = { EOF: false, CRC: 0n },
): Uint8Array {
  const CRC = Long.fromBigInt(BigInt.asIntN(64, end.CRC))
  return serialize({ db, collection: storedAs ?? collection, EOF: end.EOF, CRC })
}

export function body({ documents = [] }: Namespace): Buffer {
  return Buffer.concat(
    documents.map((document) => (document instanceof Uint8Array ? document : serialize(document))),
  )
}

export function crcOf(bytes: Uint8Array): bigint {
  const crc = new Crc64()
  crc.update(bytes)
  return crc.value
}
