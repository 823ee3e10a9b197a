import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  hashOf,
  loadPatients,
  startMongoServer,
  type MongoServer,
} from '../../support/mongoServer.js'
import { calm, overAfter, realProbes } from './machine.js'

let server: MongoServer

beforeAll(async () => {
  server = await startMongoServer()
  await loadPatients(server.client, 500)
  const visits = server.client.db('medical_records').collection('visits')
  await visits.insertMany([
    { at: new Date('2026-11-20T10:00:00Z'), steps: [{ done: new Date('2026-11-20T11:00:00Z') }] },
    {
      at: new Date('2026-11-21T10:00:00Z'),
      steps: [{ done: new Date('2026-11-21T11:00:00Z') }, {}],
    },
    { at: 'next week' },
    { steps: 9_999_999_999_999 },
  ] as object[])
}, 60_000)
afterAll(() => server.remove())

const probes = () => realProbes({ targets: [server.target()] })
const count = (collection: string, filter: object, limitMilliseconds = 5000, signal = calm) =>
  probes().query(
    {
      target: 'medical',
      namespace: `medical_records.${collection}`,
      filter: filter as Record<string, unknown>,
      limitMilliseconds,
    },
    signal,
  )
const newest = (field: string, collection = 'visits') =>
  probes().freshness(
    {
      kind: 'documents',
      target: 'medical',
      namespace: `medical_records.${collection}`,
      field,
      limitMilliseconds: 5000,
    },
    calm,
  )

describe('a query', () => {
  test('is counted, in extended JSON, and changes nothing', async () => {
    const before = await hashOf(server.client)
    expect(await count('healthcare_data', {})).toEqual({ count: 500, exists: true })
    expect(await count('healthcare_data', { 'patient_info.age': { $lt: 21 } })).toMatchObject({
      count: 9,
    })
    const since = { at: { $gte: { $date: '2026-11-21T00:00:00Z' } } }
    expect(await count('visits', since)).toEqual({ count: 1, exists: true })
    expect(await hashOf(server.client)).toBe(before)
  })

  test('tells an empty answer from a collection that is not there', async () => {
    expect(await count('visits', { at: null, steps: null })).toEqual({ count: 0, exists: true })
    expect(await count('visit', {})).toEqual({ count: 0, exists: false })
  })

  test('that takes too long is given up by the server itself', async () => {
    const slow = { $where: 'sleep(100) || true' }
    await expect(count('healthcare_data', slow, 300)).rejects.toMatchObject({
      code: 'QUERY_TOO_SLOW',
      kind: 'timed-out',
    })
  })

  test('is left when the time is up, and then does not go on in the server', async () => {
    const slow = { $where: 'sleep(100) || true' }
    await expect(count('healthcare_data', slow, 60_000, overAfter(1500))).rejects.toThrow(
      'time is up',
    )
    const running = async () => {
      const found = await server.client
        .db('admin')
        .aggregate([{ $currentOp: {} }, { $match: { 'command.query.$where': { $exists: true } } }])
        .toArray()
      return found.length
    }
    await expect.poll(running, { timeout: 5000 }).toBe(0)
  })

  test('that the server does not take says so by its code, and quotes nothing', async () => {
    const error: unknown = await count('visits', { name: { $nonsense: 'Ada' } }).catch(
      (thrown: unknown) => thrown,
    )
    expect(error).toMatchObject({ code: 'QUERY_REFUSED', kind: 'usage' })
    expect(String(error)).not.toContain('Ada')
  })

  test('of a target that is not there, or does not answer, cannot be looked at', async () => {
    const asked = { target: 'x', namespace: 'a.b', filter: {}, limitMilliseconds: 1000 }
    await expect(probes().query(asked, calm)).rejects.toMatchObject({ code: 'TARGET_UNKNOWN' })
  })
})

describe('the newest document', () => {
  test('is told by its date, at the end of a path or in a list', async () => {
    expect(await newest('at')).toEqual({ found: 1, newest: '2026-11-21T10:00:00.000Z', unseen: 0 })
    expect(await newest('steps.done')).toMatchObject({ newest: '2026-11-21T11:00:00.000Z' })
    expect(await newest('metadata.created_at', 'healthcare_data')).toMatchObject({
      newest: new Date(1_700_000_000_499).toISOString(),
    })
  })

  test('is none where no field of that name holds a date', async () => {
    expect(await newest('nothing')).toEqual({ found: 0, newest: null, unseen: 0 })
    expect(await newest('at', 'nowhere')).toEqual({ found: 0, newest: null, unseen: 0 })
  })
})

describe('data that is held against what is expected', () => {
  const name = 'medical_records.healthcare_data'
  const data = (unique: readonly string[], signal = calm) =>
    probes().data(
      {
        target: 'medical',
        expectations: { [name]: { unique, required: ['patient_info.age'] } },
        exact: false,
        limitMilliseconds: 5000,
      },
      signal,
    )

  test('is counted, and no value of a document is told', async () => {
    const before = await hashOf(server.client)
    const { findings } = await data(['patient_info.age'])
    const told = Object.fromEntries(findings.map(({ id, severity }) => [id, severity]))
    expect(told).toEqual({
      [`${name}.documents`]: 'ok',
      [`${name}.required.patient_info.age`]: 'ok',
      [`${name}.unique.patient_info.age`]: 'fail',
    })
    expect(JSON.stringify(findings)).not.toContain('$oid')
    expect(await hashOf(server.client)).toBe(before)
  })

  test('is looked at by nobody who has left', async () => {
    const over = AbortSignal.abort(new Error('the run is over'))
    await expect(data(['_id'], over)).rejects.toThrow('the run is over')
  })
})
