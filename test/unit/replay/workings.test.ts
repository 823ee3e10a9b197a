import { serialize, type Document } from 'bson'
import { expect, test } from 'vitest'
import { idOf } from '../../../src/archive/documentId.js'
import { writtenId } from '../../../src/archive/oplog/documentWrite.js'
import type { Namespace } from '../../../src/ports/documents.js'
import { hashOf } from '../../../src/procedures/dr/putBack.js'
import { clustersOf, inPortions } from '../../../src/procedures/replay/clusters.js'
import type { KnownDocument } from '../../../src/procedures/replay/knownDocuments.js'
import { keyIn, type KeptWrite } from '../../../src/procedures/replay/readWrites.js'
import { ReplayCounts } from '../../../src/procedures/replay/replayCounts.js'
import { Workings, type WorkingBounds } from '../../../src/procedures/replay/workings.js'
import { entryOf } from '../../fakes/oplog.js'

const namespace = 'ward.visits'
const bytes = (document: Document) => Buffer.from(serialize(document))
const keyOf = (id: number) => keyIn(namespace, bytes({ _id: id }))
const judge = { why: () => undefined, whyUnfit: () => undefined }
const { signal } = new AbortController()

function set(id: number): KeptWrite {
  const fields = { op: 'u', ns: namespace, o: { $v: 2, diff: { u: { a: 1 } } }, o2: { _id: id } }
  const { bytes: raw } = entryOf({ seconds: 1, ordinal: 1 }, fields)
  return { kind: 'update', namespace, id: writtenId(raw), key: keyOf(id), raw }
}

/** A server with so many documents of so many bytes, which tells how many it handed out at a time. */
function serverWith(count: number, length: number) {
  const documents = Array.from({ length: count }, (_, _id) =>
    bytes({ _id, a: 0, text: 'x'.repeat(length) }),
  )
  const asked: number[] = []
  const stored = {
    async *byId(_of: Namespace, ids: readonly Uint8Array[]) {
      asked.push(ids.length)
      for (const document of documents)
        if (ids.some((id) => idOf(document).equals(id))) yield await Promise.resolve(document)
    },
  }
  const known = new Map<string, KnownDocument>(
    documents.map((one, at) => [keyOf(at), { state: 'restored', sum: hashOf(one) }]),
  )
  return { documents, asked, stored, known }
}

async function worked(
  units: readonly (readonly KeptWrite[])[],
  { stored, known }: ReturnType<typeof serverWith>,
  bounds: WorkingBounds,
) {
  const counts = new ReplayCounts()
  const portions: (readonly number[])[] = []
  for await (const changes of new Workings(units, known, judge, bounds).changes(
    stored,
    counts,
    signal,
  ))
    portions.push(changes.map(({ id }) => id.readInt32LE(9)))
  return { portions, counts: counts.all() }
}

test('documents are worked out in portions, by their number and by their bytes', async () => {
  const units = Array.from({ length: 8 }, (_, id) => [set(id)])
  const server = serverWith(8, 1_000)
  const byNumber = { documents: 3, bytes: 1e6, tied: 1e6 }
  expect((await worked(units, server, byNumber)).portions).toEqual([
    [0, 1, 2],
    [3, 4, 5],
    [6, 7],
  ])
  expect(server.asked).toEqual([3, 3, 2])
  const byBytes = { documents: 8, bytes: 2_500, tied: 1e6 }
  const { portions, counts } = await worked(units, server, byBytes)
  expect(portions).toEqual([
    [0, 1],
    [2, 3],
    [4, 5],
    [6, 7],
  ])
  expect(counts[0]).toMatchObject({ updates: 8, conflicts: [] })
})

test('documents that transactions tie together stay together, and too many bytes of them are a conflict', async () => {
  const units = [[set(0), set(5)], [set(1)], [set(5), set(7)]]
  const server = serverWith(8, 1_000)
  const bounds = { documents: 1, bytes: 1_500, tied: 3_500 }
  expect((await worked(units, server, bounds)).portions).toEqual([[0, 5, 7], [1]])
  const { portions, counts } = await worked(units, server, { ...bounds, tied: 3_000 })
  expect(portions).toEqual([[], [1]])
  expect(counts[0]?.conflicts).toMatchObject([
    { because: expect.stringContaining('too large to be worked out') as string, count: 4 },
  ])
})

test('a document that is not what it was when the plan was made is left alone', async () => {
  const server = serverWith(3, 10)
  server.documents[1] = bytes({ _id: 1, theirs: true })
  const units = [[set(0)], [set(1)], [set(2)]]
  const { portions, counts } = await worked(units, server, { documents: 9, bytes: 1e6, tied: 1e6 })
  expect(portions).toEqual([[0, 2]])
  expect(counts[0]?.conflicts).toEqual([
    { because: 'it was written to after the plan was made', count: 1, ids: ['1'] },
  ])
})

test('a chain of transactions is one cluster, however it is put together', () => {
  const chain = Array.from({ length: 500 }, (_, at) => [set(500 - at), set(499 - at)])
  const clusters = clustersOf([...chain, [set(900)]])
  expect(clusters.map(({ documents }) => documents.size)).toEqual([501, 1])
  expect([...inPortions(clusters, 10)].map(({ length }) => length)).toEqual([1, 1])
})
