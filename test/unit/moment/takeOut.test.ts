import { expect, test } from 'vitest'
import type { Catalogue } from '../../../src/domain/catalogue.js'
import { takeOut } from '../../../src/procedures/moment/takeOut.js'
import type { StepContext } from '../../../src/procedures/plan.js'
import type { World } from '../../../src/ports/world.js'
import { compression, fakeWorld, medical } from '../../fakes/world.js'
import { failureIn } from '../archive/feeding.js'

const name = 'medical_records.recent'

/** A capped collection that had ten documents, of which the server let some go while it was rebuilt; it may count others than it dumps. */
async function rebuilt(left: number, counted = left) {
  const scene = fakeWorld()
  const { server } = scene
  const documents = Array.from({ length: left }, (_, at) => ({ _id: at }))
  server.collection('medical_records', 'recent', documents)
  const session = await server.connect()
  const catalogue: Catalogue = {
    [name]: { type: 'collection', options: { capped: true, size: 4096 }, indexes: [] },
  }
  const connect: World['mongo']['connect'] = () =>
    Promise.resolve({
      ...session,
      catalogue: () => Promise.resolve(catalogue),
      namespaces: async (names, how) =>
        (await session.namespaces(names, how)).map((one) => ({ ...one, documents: counted })),
    })
  const world: World = { ...scene.world, mongo: { connect } }
  const warnings: string[] = []
  const context: StepContext = {
    signal: new AbortController().signal,
    detail: () => undefined,
    amount: () => undefined,
    warn: (text) => warnings.push(text),
    remember: () => Promise.resolve(),
  }
  const here = { database: 'medical_records', collection: 'recent' }
  const contents = { ...here, documents: 10, bytes: 0, crc: '', type: 'collection' as const }
  const order = {
    target: medical,
    scratch: medical,
    selection: {
      databases: ['medical_records'],
      collection: 'recent',
      namespaces: { [name]: { ...contents, options: {}, indexes: [] } },
    },
    expected: {
      catalogue,
      documents: { [name]: { least: 10, most: 10 } },
      operations: 0,
      late: { views: [], series: [] },
    },
    compression,
    name: 'a moment',
    bytes: 100,
  }
  return { warnings, take: () => takeOut(order, world, context) }
}

test('what a capped collection let go of is told, and what is left of it is taken out', async () => {
  const { take, warnings } = await rebuilt(8)
  const source = await take()
  await source.discard()
  expect(source.contents.namespaces[name]?.documents).toBe(8)
  expect(warnings).toEqual([
    `${name} has 8 documents instead of 10: the server removes some by itself`,
  ])
})

test('a dump that has fewer of them than the server had is not all of it', async () => {
  const { take } = await rebuilt(8, 9)
  const failure = await failureIn(take())
  expect(failure).toMatchObject({ code: 'MOMENT_DIFFERS' })
  expect(failure.message).toContain(`${name} has 8 documents instead of 9`)
})
