import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dockerClient } from '../../../src/adapters/docker/client.js'
import { machineVitals } from '../../../src/adapters/docker/machineVitals.js'
import { Secret } from '../../../src/domain/secret.js'
import type { Target } from '../../../src/domain/target.js'
import type { MongoSession } from '../../../src/ports/mongo.js'
import { makeCertificates } from '../../support/certificates.js'
import { cleanUp } from '../../support/cleanUp.js'
import { startMongoServer, type MongoServer } from '../../support/mongoServer.js'
import { realWorld } from '../../support/realWorld.js'
import { until } from '../../support/waiting.js'

const made = cleanUp()
const { signal } = new AbortController()
let server: MongoServer
let ca: string
let client: string

beforeAll(async () => {
  const certificates = made.made(await makeCertificates(), (one) => one.remove())
  ca = certificates.ca
  client = certificates.client
  const { folder } = certificates
  server = made.made(await startMongoServer({ certificates: folder }), (one) => one.remove())
  const admin = server.client.db('admin')
  await admin.command({ createUser: 'reader', pwd: 'reader', roles: ['readAnyDatabase'] })
  const patients = server.client.db('medical_records').collection('patients')
  await patients.insertOne({ name: 'a' })
  await patients.createIndex({ name: 1, 'at.day': -1 }, { name: 'by name' }, {})
})
afterAll(() => made.all())

async function session(changes: Partial<Target> = {}): Promise<MongoSession> {
  return made.made(await realWorld('/nowhere').mongo.connect(server.target(changes)), (one) =>
    one.close(),
  )
}

function asReader(): Partial<Target> {
  const value = { from: 'value' as const, value: new Secret('reader') }
  return { credentials: { username: value, password: value, authSource: 'admin' } }
}

describe('a server', () => {
  test('tells its connections, its cache, its set and its indexes', async () => {
    const { vitals } = await session()
    const { connections, cache } = await vitals.pressure()
    expect(connections.current).toBeGreaterThan(0)
    expect(connections.available).toBeGreaterThan(100)
    expect(cache?.maximumBytes).toBe(0.5 * 1024 ** 3)
    expect(cache?.usedBytes).toBeGreaterThan(0)
    expect(cache?.dirtyBytes).toBeGreaterThanOrEqual(0)
    expect(await vitals.members()).toMatchObject([{ state: 'PRIMARY', reachable: true }])
    const indexes = await vitals.indexes('medical_records', 'patients')
    expect(indexes.map(({ key }) => key)).toEqual([{ _id: 1 }, { name: 1, 'at.day': -1 }])
    expect(await vitals.indexes('medical_records', 'nobody')).toEqual([])
    const records = server.client.db('medical_records')
    await records.createCollection('adults', { viewOn: 'patients', pipeline: [] })
    expect(await vitals.indexes('medical_records', 'adults')).toEqual([])
    await records.createCollection('pulse', { timeseries: { timeField: 'at', metaField: 'bed' } })
    const ofSeries = await vitals.indexes('medical_records', 'pulse')
    expect(ofSeries.map(({ key }) => key)).not.toContainEqual({ _id: 1 })
  })

  test('tells which members are meant to stay behind, and by how much', async () => {
    const admin = server.client.db('admin')
    const { config } = await admin.command({ replSetGetConfig: 1 })
    const { members, version } = config as { members: object[]; version: number }
    const late = { host: 'nobody.invalid:27017', priority: 0, votes: 0, secondaryDelaySecs: 3600 }
    const changed = (all: readonly object[], more: number) =>
      admin.command({
        replSetReconfig: { ...(config as object), members: all, version: version + more },
      })
    await changed([...members, { ...late, _id: 1 }], 1)
    try {
      const [own, other] = (await (await session()).vitals.members()) ?? []
      expect(own).not.toHaveProperty('delaySeconds')
      expect(other).toMatchObject({ name: 'nobody.invalid:27017', delaySeconds: 3600 })
    } finally {
      await changed(members, 2)
    }
  })

  test('tells what a client waits for, and not a value of it', async () => {
    const { vitals } = await session()
    expect(await vitals.longOperations(1)).toEqual([])
    const slow = server.client
      .db('medical_records')
      .collection('patients')
      .find({ $where: 'sleep(4000) || this.name === "Meredith"' })
      .toArray()
    try {
      await until(async () => (await vitals.longOperations(1)).length > 0, 3_500)
      const found = await vitals.longOperations(1)
      expect(found).toMatchObject([{ kind: 'query', namespace: 'medical_records.patients' }])
      expect(JSON.stringify(found)).not.toContain('Meredith')
    } finally {
      await slow
    }
  })

  test('refuses who may not ask, and nothing is made up then', async () => {
    const { vitals } = await session(asReader())
    for (const asked of [
      () => vitals.pressure(),
      () => vitals.longOperations(1),
      () => vitals.members(),
    ])
      await expect(asked()).rejects.toMatchObject({ code: 'MONGO_UNAUTHORIZED' })
  })

  test('shows until when its certificate is good, where it is spoken to over TLS', async () => {
    expect(await (await session()).vitals.certificate()).toBeUndefined()
    const tls = await session({ tls: { ca, certificate: client, name: 'mongodb' } })
    const certificate = await tls.vitals.certificate()
    const days = (Date.parse(certificate?.validTo ?? '') - Date.now()) / 86_400_000
    expect(days).toBeGreaterThan(1)
    expect(days).toBeLessThan(2.1)
    expect(certificate?.subject).toBe('mongodb')
  })
})

test('an engine tells its clock, and memory at once', async () => {
  const connecting = dockerClient({ environment: process.env, home: '/root' })
  const vitals = machineVitals(() => connecting)
  const { clock, memory, version } = await vitals.engine(signal)
  expect(version).toMatch(/^\d+\./)
  expect(Date.parse(clock.at)).toBeGreaterThan(Date.parse(clock.askedAt) - 5_000)
  expect(Date.parse(clock.at)).toBeLessThan(Date.parse(clock.answeredAt) + 5_000)
  expect(memory.availableBytes).toBeGreaterThan(0)
  expect(memory.availableBytes).toBeLessThan(memory.totalBytes)
  const [one, ...others] = await vitals.memory([server.container, 'ops-test-nobody'], signal)
  expect(others).toEqual([])
  expect(one?.name).toBe(server.container)
  expect(one?.bytes).toBeGreaterThan(10e6)
  await expect(vitals.engine(AbortSignal.abort())).rejects.toThrow()
})
