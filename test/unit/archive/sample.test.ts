import { serialize, Timestamp, type Document } from 'bson'
import { describe, expect, test } from 'vitest'
import { createHash } from 'node:crypto'
import { DocumentSample } from '../../../src/archive/sample.js'

const bytes = (document: Document) => Buffer.from(serialize(document))
const hash = (document: Document) => createHash('sha256').update(bytes(document)).digest('hex')

/** Numbers from 0 up to 1 that repeat. */
function numbers(...given: readonly number[]): () => number {
  let at = 0
  return () => given[at++ % given.length] ?? 0
}

function drawn(size: number, random: () => number, documents: readonly Document[]) {
  const sample = new DocumentSample(size, random)
  for (const document of documents) sample.each(bytes(document), 'db.things')
  return sample
}

const oplog = (sample: DocumentSample, entry: Document) => {
  sample.each(bytes({ ts: new Timestamp({ t: 1, i: 1 }), ...entry }), '.oplog')
}
const idsOf = (sample: DocumentSample) => sample.taken().map(({ sha256 }) => sha256)
const three = [{ _id: 1 }, { _id: 2 }, { _id: 3 }]

describe('a sample of documents', () => {
  test('holds all of a small collection, each with its id and its hash', () => {
    const sample = drawn(5, numbers(0), three)
    expect(sample.taken()).toEqual(
      three.map((document) => ({
        namespace: 'db.things',
        id: bytes(document),
        sha256: hash(document),
      })),
    )
  })

  test('never holds more than its size, and replaces as the numbers say', () => {
    // The third document comes in at 0.5 * 3 = 1, the fourth stays out at 0.9 * 4 = 3.
    const sample = drawn(2, numbers(0.5, 0.9), [...three, { _id: 4 }])
    expect(idsOf(sample)).toEqual([hash({ _id: 1 }), hash({ _id: 3 })])
  })

  test('draws every document as often as any other', () => {
    const often = new Map<string, number>()
    let state = 1
    const random = () => {
      state = (state * 48_271) % 2_147_483_647
      return state / 2_147_483_647
    }
    const documents = Array.from({ length: 20 }, (_, at) => ({ _id: at }))
    for (let round = 0; round < 2_000; round++)
      for (const one of idsOf(drawn(5, random, documents)))
        often.set(one, (often.get(one) ?? 0) + 1)
    // 500 each, with a standard deviation of about 19.
    expect(Math.min(...often.values())).toBeGreaterThan(400)
    expect(Math.max(...often.values())).toBeLessThan(600)
    expect(often.size).toBe(20)
  })

  test('leaves out what no server stores as it is, and what has no id', () => {
    const empty = { _id: 1, at: new Timestamp({ t: 0, i: 0 }) }
    expect(drawn(5, numbers(0), [empty, { name: 'nobody' }, { _id: 2 }]).taken()).toHaveLength(1)
  })

  test.each([
    ['updates', { op: 'u', ns: 'db.things', o: { $v: 2 }, o2: { _id: 2 } }],
    ['deletes', { op: 'd', ns: 'db.things', o: { _id: 2 } }],
    ['inserts', { op: 'i', ns: 'db.things', o: { _id: 2, again: true } }],
    [
      'changes in a transaction',
      {
        op: 'c',
        ns: 'admin.$cmd',
        o: { applyOps: [{ op: 'u', ns: 'db.things', o: { $v: 2 }, o2: { _id: 2 } }] },
      },
    ],
  ])('leaves out what the oplog of the archive %s afterwards', (_, entry) => {
    const sample = drawn(5, numbers(0), three)
    oplog(sample, entry)
    expect(idsOf(sample)).toEqual([hash({ _id: 1 }), hash({ _id: 3 })])
  })

  test('knows the documents of a time-series by its buckets', () => {
    const sample = new DocumentSample(5, numbers(0))
    sample.each(bytes({ _id: 1 }), 'db.pulse')
    oplog(sample, { op: 'u', ns: 'db.system.buckets.pulse', o: { $v: 2 }, o2: { _id: 1 } })
    expect(sample.taken()).toEqual([])
  })

  test('keeps what the oplog does to others, and to no document', () => {
    const sample = drawn(5, numbers(0), three)
    oplog(sample, { op: 'd', ns: 'db.others', o: { _id: 2 } })
    oplog(sample, { op: 'n', ns: '', o: { msg: 'periodic noop' } })
    oplog(sample, { op: 'c', ns: 'db.$cmd', o: { create: 'things' } })
    expect(sample.taken()).toHaveLength(3)
  })
})
