import { Double, Int32, Long, ObjectId, serialize, type Document } from 'bson'
import { describe, expect, test } from 'vitest'
import { structureOf } from '../../../src/procedures/data/structure.js'

async function* raw(documents: readonly Document[]) {
  for (const document of documents) yield await Promise.resolve(serialize(document))
}

describe('what documents are made of', () => {
  test('is paths with how many documents have them, and of which types', async () => {
    const { sampled, paths, isCut } = await structureOf(
      raw([
        { _id: new ObjectId(), name: 'x', info: { age: new Int32(4) } },
        { _id: new ObjectId(), name: null, info: { age: new Long(4) } },
        { _id: new ObjectId(), info: { age: new Double(4) } },
      ]),
    )
    expect([sampled, isCut]).toEqual([3, false])
    expect(paths).toEqual([
      { path: '_id', documents: 3, types: { objectId: 3 } },
      { path: 'name', documents: 2, types: { string: 1, null: 1 } },
      { path: 'info', documents: 3, types: { object: 3 } },
      { path: 'info.age', documents: 3, types: { int: 1, long: 1, double: 1 } },
    ])
  })

  test('counts a document once, however long its list is', async () => {
    const { paths } = await structureOf(raw([{ tags: ['a', 'b', 1] }, { tags: [] }]))
    expect(paths).toEqual([
      { path: 'tags', documents: 2, types: { array: 2 } },
      { path: 'tags[]', documents: 1, types: { string: 2, int: 1 } },
    ])
  })

  test('names what no dotted path leads to in brackets', async () => {
    const { paths } = await structureOf(raw([{ 'a.b': 1, c: { $d: 1, '': 1 } }]))
    expect(paths.map(({ path }) => path)).toEqual(['["a.b"]', 'c', 'c["$d"]', 'c[""]'])
  })

  test('stays small where values are used as names', async () => {
    const many = Array.from({ length: 1000 }, (_, at) => ({ [`patient ${at.toString()}`]: 1 }))
    const { sampled, paths, isCut } = await structureOf(raw(many))
    expect([sampled, paths.length, isCut]).toEqual([1000, 400, true])
  })
})
