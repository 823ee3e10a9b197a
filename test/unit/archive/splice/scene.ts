import { deserialize, serialize, Timestamp, type Document } from 'bson'
import { ArchiveReader } from '../../../../src/archive/reader.js'
import { spliceOplog } from '../../../../src/archive/splice.js'
import type { Catalogue } from '../../../../src/domain/catalogue.js'
import { archive, type Namespace } from '../archiveBuilder.js'
import { collect, streamed } from '../feeding.js'

/** An entry of an oplog at second 100, with the ordinal given. */
export function entry(ordinal: number, fields: Document): Document {
  return { ts: new Timestamp({ t: 100, i: ordinal }), ...fields }
}

export const at = (ordinal: number) => ({ seconds: 100, ordinal })

export const command = (o: Document, database = 'clinic') => ({
  op: 'c',
  ns: `${database}.$cmd`,
  o,
})

export const insert = (collection: string, o: Document) => ({
  op: 'i',
  ns: `clinic.${collection}`,
  o,
})

/** What a base begins with where a test says nothing else. */
export const patients: Namespace = {
  db: 'clinic',
  collection: 'patients',
  documents: [{ _id: 1 }, { _id: 2, text: 'x'.repeat(30_000) }],
  metadata: JSON.stringify({
    options: {},
    indexes: [
      { v: 2, key: { _id: 1 }, name: '_id_' },
      { v: 2, key: { name: 1 }, name: 'by_name' },
    ],
  }),
}

/** A base whose oplog ends at ordinal 10. */
export function base(namespaces: readonly Namespace[] = [patients], own: Document[] = []): Buffer {
  const last = entry(10, { op: 'n', ns: '', o: { msg: 'periodic noop' } })
  const documents = [...own, last]
  const oplog = { db: '', collection: 'oplog', metadata: '', type: '', documents }
  return archive([...namespaces, oplog])
}

/** The same last entry, as it stands in what was recorded. */
export const meeting = entry(10, { op: 'n', ns: '', o: { msg: 'periodic noop' } })

/** Splices documents to a base; the answer is read back whole, so that its structure and checksums are right. */
export async function spliced(
  of: Uint8Array,
  recorded: readonly Document[],
  until = at(999),
): Promise<{ bytes: Buffer; replayed: Document[]; expected: Catalogue }> {
  let expected: Catalogue = {}
  // What is beyond every moment asked for.
  const beyond = { ts: new Timestamp({ t: 200, i: 1 }), op: 'n', ns: '', o: {} }
  const stream = spliceOplog(streamed([of]), {
    entries: streamed([...recorded, beyond].map((document) => serialize(document))),
    until,
    onExpected: ({ catalogue }) => (expected = catalogue),
  })
  const bytes = await collect(stream)
  return { bytes, replayed: oplogOf(bytes), expected }
}

/** The entries of an archive's oplog. Throws where the archive is not whole. */
export function oplogOf(bytes: Buffer): Document[] {
  const found: Document[] = []
  const reader = new ArchiveReader({
    documents: {
      of: (namespace) => namespace === '.oplog',
      each: (document) => found.push(deserialize(Buffer.from(document))),
    },
  })
  reader.feed(bytes)
  reader.end()
  return found
}

/** Entries without their time and what else only a server looks at. */
export function said(entries: readonly Document[]): Document[] {
  return entries.map(({ op, ns, o }) => ({ op: op as string, ns: ns as string, o: o as Document }))
}

/** An entry of a transaction: `flags` go into its command, `previous` says that others came before. */
export function part(
  ordinal: number,
  operations: readonly Document[],
  flags: Document = {},
  previous = false,
  session = 1,
): Document {
  return entry(ordinal, {
    op: 'c',
    ns: 'admin.$cmd',
    lsid: { id: session },
    txnNumber: 1n,
    prevOpTime: { ts: new Timestamp({ t: previous ? 99 : 0, i: 0 }), t: -1n },
    o: { applyOps: [...operations], ...flags },
  })
}
