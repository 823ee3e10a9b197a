import { deserialize, type Document } from 'bson'
import { ArchiveReader } from '../../../../src/archive/reader.js'

/** Collections with documents by id and keys of indexes by name. */
export type Restored = Map<string, { documents: Map<number, number>; indexes: Map<string, string> }>

/**
 * What mongorestore makes of an archive, its weaknesses included: a list of indexes that follows no renaming and is built
 * at the end, wherever it says, and transactions that are put together from their entries. Only what the histories of
 * the test need of it.
 */
export function restored(bytes: Buffer): Restored {
  const state: Restored = new Map()
  const listed = new Map<string, Map<string, string>>()
  const open = new Map<string, Document[]>()
  const entries: Document[] = []
  const reader = new ArchiveReader({
    documents: {
      of: () => true,
      each: (document, namespace) => {
        const read = deserialize(Buffer.from(document))
        if (namespace === '.oplog') entries.push(read)
        else made(state, namespace).documents.set(read['_id'] as number, read['n'] as number)
      },
    },
  })
  reader.feed(bytes)
  for (const [name, { indexes }] of Object.entries(reader.end().namespaces)) {
    made(state, name)
    for (const index of indexes) listedOf(listed, name).set(index.name, JSON.stringify(index.key))
  }
  const one = (entry: Document) => {
    const [database = ''] = String(entry['ns']).split('.')
    apply(state, listed, entry, database)
  }
  for (const entry of entries) {
    const { o, lsid } = entry as { o: Document; lsid?: { id: number } }
    if (!lsid) {
      one(entry)
      continue
    }
    const id = lsid.id.toString()
    const all = [...(open.get(id) ?? []), ...((o['applyOps'] ?? []) as Document[])]
    open.set(id, all)
    if (o['partialTxn'] === true) continue
    open.delete(id)
    for (const inner of all) one(inner)
  }
  for (const [name, indexes] of listed) {
    for (const [index, key] of indexes) made(state, name).indexes.set(index, key)
  }
  return state
}

function apply(
  state: Restored,
  listed: Map<string, Map<string, string>>,
  { op, ns, o, o2 }: Document,
  database: string,
): void {
  const written = o as Document
  if (op !== 'c') {
    const { documents } = made(state, String(ns))
    const id = ((o2 ?? o) as Document)['_id'] as number
    if (op === 'd') documents.delete(id)
    else documents.set(id, written['n'] as number)
    return
  }
  const name = Object.keys(written)[0] ?? ''
  const value: unknown = written[name]
  const about = name === 'renameCollection' ? String(value) : `${database}.${String(value)}`
  if (name === 'create') made(state, about)
  else if (name === 'drop') {
    state.delete(about)
    listed.delete(about)
  } else if (name === 'renameCollection') {
    const to = String(written['to'])
    const moved = state.get(about)
    if (!moved || state.has(to)) throw new Error(`cannot rename ${about} to ${to}`)
    state.delete(about)
    state.set(to, moved)
  } else if (name === 'createIndexes') {
    listedOf(listed, about).set(String(written['name']), JSON.stringify(written['key']))
  } else if (name === 'dropIndexes') listed.get(about)?.delete(String(written['index']))
  else throw new Error(`unknown oplog command name ${name}`)
}

function made(state: Restored, name: string) {
  const found = state.get(name) ?? {
    documents: new Map<number, number>(),
    indexes: new Map<string, string>(),
  }
  state.set(name, found)
  return found
}

function listedOf(listed: Map<string, Map<string, string>>, name: string) {
  const found = listed.get(name) ?? new Map<string, string>()
  listed.set(name, found)
  return found
}
