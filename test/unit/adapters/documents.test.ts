import { serialize } from 'bson'
import { MongoServerError, type Document, type MongoClient } from 'mongodb'
import { expect, test } from 'vitest'
import { documentsOf } from '../../../src/adapters/mongo/documents.js'
import { medical } from '../../fakes/world.js'

const visits = { database: 'medical_records', collection: 'visits' }
const patient = serialize({ _id: 1, name: 'Mara Doe', place: 'nowhere' })
const says = `Can't extract geo keys: { _id: 1, name: "Mara Doe", place: "nowhere" }`

/** A server that answers every command alike. */
function server(answer: Document | Error) {
  const command = () => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer))
  return documentsOf({ db: () => ({ command }) } as unknown as MongoClient, medical)
}

const writeError = (code: number) => ({ n: 0, writeErrors: [{ index: 0, code, errmsg: says }] })

test('a document that a server refuses is told by the code alone: what the server says may quote it', async () => {
  expect(await server(writeError(16_755)).insert(visits, [patient])).toEqual([
    { at: 0, because: 'refused', code: 16_755 },
  ])
})

test('what says more of the server than of a document stops everything', async () => {
  await expect(server(writeError(10_107)).insert(visits, [patient])).rejects.toMatchObject({
    code: 'MONGO_NOT_READY',
    message: expect.not.stringContaining('Mara') as string,
  })
})

test.each<[string, Document | Error]>([
  ['that fails', new MongoServerError({ code: 8, codeName: 'UnknownError', message: says })],
  ['that no majority confirms', { n: 1, writeConcernError: { code: 8, errmsg: says } }],
])('a write %s tells nothing of a document', async (_how, answer) => {
  await expect(server(answer).insert(visits, [patient])).rejects.toMatchObject({
    code: 'WRITE_REFUSED',
    exitCode: expect.any(Number) as number,
    message: expect.stringMatching(/^(?!.*Mara).*error 8/) as string,
  })
})

test.each([16_755, 171, 201, 67])(
  'an index that what is there forbids (%i) is not built',
  async (code) => {
    const stored = server(new MongoServerError({ code, message: says }))
    expect(await stored.buildIndex(visits, serialize({ name: 'place_2dsphere' }))).toBe(false)
  },
)

test('documents are removed where they are the same in every byte, whatever the collation of their collection', async () => {
  const sent: Document[] = []
  const command = (one: Document) => Promise.resolve(void sent.push(one)).then(() => ({ n: 1 }))
  const stored = documentsOf({ db: () => ({ command }) } as unknown as MongoClient, medical)
  expect(await stored.removeSame(visits, [patient])).toBe(1)
  expect(sent).toMatchObject([{ deletes: [{ collation: { locale: 'simple' }, limit: 1 }] }])
})
