import { createHash } from 'node:crypto'
import type { MongoClient } from 'mongodb'

/** Every document of a collection by its `_id`, as SHA-256 of its bytes. */
export type Model = ReadonlyMap<string, string>

/** What a collection holds now. */
export async function modelOf(client: MongoClient, database: string, name: string): Promise<Model> {
  const model = new Map<string, string>()
  const cursor = client.db(database).collection(name).find({}, { raw: true })
  for await (const raw of cursor) {
    const bytes = raw as unknown as Uint8Array
    const id = await idIn(bytes)
    model.set(id, createHash('sha256').update(bytes).digest('hex'))
  }
  return model
}

async function idIn(bytes: Uint8Array): Promise<string> {
  const { BSON } = await import('mongodb')
  return BSON.EJSON.stringify(BSON.deserialize(bytes)['_id'])
}

/** One model over another: what both have is as the second says. */
export function over(below: Model, above: Model): Model {
  return new Map([...below, ...above])
}

/** Visits, some of them with what other databases stumble over: fields named by numbers, types of numbers. */
export async function loadVisits(
  client: MongoClient,
  name: string,
  count: number,
  database = 'medical_records',
): Promise<void> {
  const { Decimal128, Double, Int32, Long } = await import('mongodb')
  const visits = Array.from({ length: count }, (_, at) => ({
    _id: at % 2 === 0 ? `visit-${at.toString()}` : { b: at, 1: new Long(at) },
    at: new Int32(at),
    code: `code ${at.toString()}`,
    cost: at % 3 === 0 ? new Double(at) : Decimal128.fromString(`${at.toString()}.50`),
    tree: new Map<string, unknown>([
      ['z', [{ 2: 'two', a: 1 }]],
      ['1', null],
    ]),
    until: new Date(Date.UTC(2040, 0, 1) + at),
    note: 'x'.repeat(at % 200),
  }))
  await client.db(database).collection<{ _id: string | object }>(name).insertMany(visits)
}
