import { serialize, type Document } from 'bson'
import { expect, test } from 'vitest'
import type { PutBackRecord } from '../../../src/domain/deletions/putBackRecord.js'
import type { DeletionSources } from '../../../src/procedures/dr/deletionSources.js'
import { makeAnew, toBeMade, type MadeAnew } from '../../../src/procedures/dr/makeAnew.js'
import { FakeDocuments } from '../../fakes/documents.js'
import type { FakeCollection } from '../../fakes/server.js'

const visits = { database: 'medical', collection: 'visits' }
const dear = { database: 'medical', collection: 'dear' }
const index = (name: string, more: Document = {}) => ({
  name,
  definition: serialize({ v: 2, name, ...more }),
})
const indexes = [
  index('code_1', { unique: true }),
  index('until_1', { expireAfterSeconds: 60 }),
  index('at_1', { unique: false }),
]
const options = serialize({ validationLevel: 'off' })
const view = serialize({ viewOn: 'visits', pipeline: [] })
const sources: DeletionSources = {
  collections: [
    {
      from: visits,
      to: visits,
      name: 'medical.visits',
      definition: { type: 'collection', options, indexes },
    },
  ],
  views: [
    {
      from: dear,
      to: dear,
      name: 'medical.dear',
      definition: { type: 'view', options: view, indexes: [] },
    },
  ],
  left: [],
}

const server = () => new FakeDocuments(new Map<string, Map<string, FakeCollection>>())

async function made(stored: FakeDocuments, before: PutBackRecord['made'] = []): Promise<MadeAnew> {
  let last: MadeAnew = { made: [], indexes: [], views: [], notes: [] }
  await makeAnew(sources, before, stored, (all) => {
    last = all
    return Promise.resolve()
  })
  return last
}

const names = async (stored: FakeDocuments) =>
  (await stored.definition(visits))?.indexes.map(({ name }) => name)

test('a collection that others made since gets no index that deletes their documents or refuses them', async () => {
  const stored = server()
  await stored.make(visits, serialize({}))
  const planned = await toBeMade(sources, [], stored)
  const found = await made(stored)
  expect(await names(stored)).toEqual(['at_1'])
  expect(found.notes).toEqual([
    expect.stringContaining('code_1'),
    expect.stringContaining('until_1'),
  ])
  expect(planned).toEqual({ made: found.made, indexes: found.indexes, views: found.views })
  expect(found).toMatchObject({
    made: [],
    indexes: [{ name: 'at_1' }],
    views: [{ namespace: 'medical.dear' }],
  })
})

test('one that was made anew has every index', async () => {
  const stored = server()
  expect((await toBeMade(sources, [], stored)).made).toMatchObject([
    { namespace: 'medical.visits' },
  ])
  expect((await made(stored)).notes).toEqual([])
  expect(await names(stored)).toEqual(['code_1', 'until_1', 'at_1'])
})

test('what a run that was cut off made is told by its uuid; without one it must be as it was made, and empty', async () => {
  const before = [{ namespace: 'medical.visits' }]
  const stored = server()
  await stored.make(visits, options)
  expect((await made(stored, before)).made).toMatchObject(before)
  await stored.insert(visits, [serialize({ _id: 1 })])
  expect((await made(stored, before)).made).toEqual([])
  const { uuid = '' } = (await stored.definition(visits)) ?? {}
  expect((await made(stored, [{ namespace: 'medical.visits', uuid }])).made).toHaveLength(1)
  const others = server()
  await others.make(visits, serialize({}))
  expect((await made(others, before)).made).toEqual([])
})

test('a view whose name is taken between two looks is left to whoever took it', async () => {
  const stored = server()
  const look = stored.definition.bind(stored)
  stored.definition = async (namespace) => {
    const there = await look(namespace)
    if (namespace === dear && !there) await stored.insert(dear, [serialize({ _id: 'new' })])
    return there
  }
  const { views, notes } = await made(stored)
  expect([views, notes]).toEqual([[], [expect.stringContaining('medical.dear is there again')]])
  expect(await stored.isEmpty(dear)).toBe(false)
})
