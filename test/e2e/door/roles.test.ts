import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { MongoClient, MongoServerError, type Db } from 'mongodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ops, placeFor, type Place } from '../../support/cli.js'
import type { HealthFinding } from '../../../src/domain/health.js'
import { answerOf } from '../../support/envelope.js'
import { loadPatients, startMongoServer, type MongoServer } from '../../support/mongoServer.js'
import { operationTime } from '../pitr/ward.js'

/** What the administrator types for each of them. */
const password = 'one for the wards'

let server: MongoServer
let place: Place
let script: string

beforeAll(async () => {
  server = await startMongoServer()
  await loadPatients(server.client, 300)
  const records = server.client.db('medical_records')
  await records.createCollection('adults', { viewOn: 'healthcare_data', pipeline: [] })
  const timeseries = { timeField: 'at', metaField: 'bed' }
  await records.createCollection('pulse', { timeseries })
  await measure()
  await records.collection('system.js').insertOne({ _id: 'twice' as never, value: '2' })
  place = await placeFor(server)
  const printed = await ops(place, ['doctor', '--roles'])
  expect(printed.exitCode, printed.stderr).toBe(0)
  script = printed.stdout
  expect(printed.stderr).toContain('mongosh')
  await inMongosh(script)
}, 60_000)

afterAll(async () => {
  await place.remove()
  await server.remove()
})

async function measure(): Promise<void> {
  const pulse = server.client.db('medical_records').collection('pulse')
  await pulse.insertOne({ at: new Date(), bed: 1, beats: 70 })
}

/** Runs the script as its comment says, with somebody at the keyboard who types `password`. */
async function inMongosh(text: string): Promise<void> {
  const { container, username, password: word } = server
  const typed = `globalThis.passwordPrompt = () => ${JSON.stringify(password)};\n${text}`
  const inside = ['exec', '--interactive', container]
  await execa('docker', [...inside, 'sh', '-c', 'cat > /tmp/users.js'], { input: typed })
  const signIn = ['--authenticationDatabase', 'admin', '--username', username, '--password', word]
  const argv = ['mongosh', '--quiet', '--norc', ...signIn, '--file', '/tmp/users.js']
  await execa('docker', [...inside, ...argv])
}

/** Lets ops sign in as somebody else. */
async function signInAs(user: string): Promise<void> {
  const file = join(place.folder, 'ops.yaml')
  const text = await readFile(file, 'utf8')
  await writeFile(file, text.replace(/username: .*/, `username: ${user}`), { mode: 0o600 })
  await writeFile(join(place.folder, 'password'), `${password}\n`, { mode: 0o600 })
}

/** What ops answers as that user; it must have done what it is for. */
async function as<Result>(user: string, ...argv: readonly string[]): Promise<Result> {
  await signInAs(user)
  return answerOf<Result>(await ops(place, [...argv, '--json'])).result
}

/** The code by which ops refuses. */
async function refusal(user: string, ...argv: readonly string[]): Promise<string | undefined> {
  await signInAs(user)
  const { stdout } = await ops(place, [...argv, '--json'])
  return (JSON.parse(stdout) as { error?: { code: string } }).error?.code
}

/** Does something with the driver as that user. Answers with the server's refusal (13: Unauthorized), or nothing. */
async function directly(user: string, work: (admin: Db, client: MongoClient) => Promise<unknown>) {
  const auth = { username: user, password }
  const client = new MongoClient(`mongodb://127.0.0.1:${server.port.toString()}/`, {
    auth,
    authSource: 'admin',
    directConnection: true,
  })
  try {
    await work(client.db('admin'), client)
    return undefined
  } catch (error) {
    if (error instanceof MongoServerError) return error.code
    throw error
  } finally {
    await client.close()
  }
}

const patients = (client: MongoClient) => client.db('medical_records').collection('healthcare_data')
const insert = (_: Db, client: MongoClient) => patients(client).insertOne({ forged: true })
const insertElsewhere = (_: Db, client: MongoClient) =>
  client.db('elsewhere').collection('any').insertOne({})
const read = (_: Db, client: MongoClient) => patients(client).findOne()
const makeUser = (admin: Db) => admin.command({ createUser: 'me', pwd: 'me', roles: ['root'] })
const promote = (admin: Db) =>
  admin.command({ grantRolesToUser: 'ops_recovery_medical', roles: ['root'] })
const forgeUser = (_: Db, client: MongoClient) =>
  client
    .db('admin')
    .collection('system.users')
    .insertOne({ _id: 'admin.me' as never })

const unauthorized = 13

async function count(): Promise<number> {
  return patients(server.client).countDocuments()
}

test('nothing that the script prints is a password, and it can be run again', async () => {
  expect(script).not.toContain(server.password)
  await inMongosh(script)
})

describe('the user for backups', () => {
  test('takes backups and slices', async () => {
    expect(await as('ops_backup_medical', 'backup')).toMatchObject({ trust: 'sound' })
    await as('ops_backup_medical', 'pitr', 'slice', '--base')
  })

  test('writes nothing, makes no users, and may not restore', async () => {
    for (const work of [insert, insertElsewhere, makeUser, promote, forgeUser])
      expect(await directly('ops_backup_medical', work)).toBe(unauthorized)
    const before = await count()
    expect(await refusal('ops_backup_medical', 'restore', '--confirm', 'medical')).toBe(
      'MONGO_UNAUTHORIZED',
    )
    expect(await count()).toBe(before)
  })
})

describe('the user for restores', () => {
  test('brings a backup back, with views, time-series and functions, and takes it back again', async () => {
    await as('ops_backup_medical', 'backup')
    const before = await count()
    const records = server.client.db('medical_records')
    await patients(server.client).deleteMany({})
    await records.collection('adults').drop()
    await records.collection('pulse').drop()
    await records.collection('system.js').deleteMany({})
    await records.collection('later').insertOne({})
    await as('ops_restore_medical', 'restore', '--confirm', 'medical')
    expect(await count()).toBe(before)
    expect(await records.collection('adults').countDocuments()).toBe(before)
    expect(await records.collection('pulse').countDocuments()).toBe(1)
    expect(await records.collection('system.js').countDocuments()).toBe(1)
    expect(await records.listCollections({ name: 'later' }).toArray()).toEqual([])
    await as('ops_restore_medical', 'undo', '--confirm', 'medical')
    expect(await count()).toBe(0)
    await as('ops_restore_medical', 'undo', '--confirm', 'medical')
    expect(await count()).toBe(before)
  })

  test('satisfies the doctor, which warned of root', async () => {
    await signInAs('ops_restore_medical')
    const { stdout } = await ops(place, ['doctor', '--json'])
    const { checks } = (
      JSON.parse(stdout) as { result: { checks: { id: string; severity: string }[] } }
    ).result
    const about = ['account', 'strangers', 'password', 'port', 'backup-rights', 'restore-rights']
    const found = about.map((one) => checks.find(({ id }) => id === `medical.${one}`)?.severity)
    expect(found).toEqual(about.map(() => 'ok'))
  })

  test('writes to the databases of the target alone, and makes no users', async () => {
    expect(await directly('ops_restore_medical', insert)).toBeUndefined()
    await patients(server.client).deleteOne({ forged: true })
    for (const work of [insertElsewhere, makeUser, promote, forgeUser])
      expect(await directly('ops_restore_medical', work)).toBe(unauthorized)
  })
})

describe('the user for recoveries', () => {
  test('brings a moment back, and what was there before it', async () => {
    const records = server.client.db('medical_records')
    await as('ops_backup_medical', 'pitr', 'slice', '--base')
    await patients(server.client).updateOne({}, { $set: { seen: true } })
    await records.collection('healthcare_data').createIndex({ seen: 1 }, { name: 'seen' }, {})
    await records.collection('kept').insertOne({ kept: true })
    await records.createCollection('breath', { timeseries: { timeField: 'at' } })
    await records.collection('breath').insertOne({ at: new Date() })
    const before = await count()
    const time = await operationTime(server.client)
    await patients(server.client).deleteMany({})
    await records.collection('kept').drop()
    await as('ops_backup_medical', 'pitr', 'slice')
    await as('ops_restore_medical', 'restore', '--to-time', time, '--confirm', 'medical')
    expect(await count()).toBe(before)
    expect(await patients(server.client).countDocuments({ seen: true })).toBe(1)
    expect(await records.collection('kept').countDocuments()).toBe(1)
    expect(await records.collection('breath').countDocuments()).toBe(1)
    await as('ops_recovery_medical', 'undo', '--confirm', 'medical')
    expect(await count()).toBe(0)
  }, 60_000)

  test('proves by a note in the oplog that the server takes writes', async () => {
    const note = (admin: Db) => admin.command({ appendOplogNote: 1, data: { msg: 'proof' } })
    expect(await directly('ops_recovery_medical', note)).toBeUndefined()
    expect(await directly('ops_health_medical', note)).toBeUndefined()
  })

  test('makes no users, and gives himself no roles', async () => {
    for (const work of [insertElsewhere, makeUser, promote, forgeUser])
      expect(await directly('ops_recovery_medical', work)).toBe(unauthorized)
  })
})

describe('the user for health', () => {
  test('is told how the server is', async () => {
    await signInAs('ops_health_medical')
    const { stdout } = await ops(place, ['status', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ ok: true })
    const asked = async (admin: Db, client: MongoClient) => {
      await admin.command({ serverStatus: 1 })
      await admin.command({ replSetGetStatus: 1 })
      await client.db('medical_records').command({ dbStats: 1 })
      await client.db('medical_records').command({ collStats: 'healthcare_data' })
    }
    expect(await directly('ops_health_medical', asked)).toBeUndefined()
  })

  test('judges everything that a health check judges; what the log of the server tells is not asked', async () => {
    await signInAs('ops_health_medical')
    const { stdout } = await ops(place, ['health', '--json'])
    const { checks } = (JSON.parse(stdout) as { result: { checks: HealthFinding[] } }).result
    expect(checks.find(({ id }) => id.startsWith('rpo:'))?.severity).not.toBe('unknown')
    expect(checks.filter(({ because }) => /not authorized|may not/i.test(because))).toEqual([])
    const symptoms = checks.filter(({ id }) => id.startsWith('symptom:'))
    expect(symptoms.filter(({ severity }) => severity === 'unknown')).toEqual([])
    const ids = symptoms.map(({ id }) => id)
    expect(ids).toEqual(expect.arrayContaining(['symptom:disk', 'symptom:lock']))
    expect(ids).not.toContain('symptom:slow')
  })

  test('reads no document but those in the oplog, no log, and writes none', async () => {
    const readLog = (admin: Db) => admin.command({ getLog: 'global' })
    const readLocal = (_: Db, client: MongoClient) =>
      client.db('local').collection('system.replset').findOne()
    for (const work of [read, insert, insertElsewhere, makeUser, promote, readLog, readLocal])
      expect(await directly('ops_health_medical', work)).toBe(unauthorized)
  })
})

describe('where one database is all that is looked after', () => {
  test('the user for backups reads that one alone, time-series and functions too', async () => {
    const file = join(place.folder, 'ops.yaml')
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace('enabled: true', 'enabled: false'), { mode: 0o600 })
    await inMongosh((await ops(place, ['doctor', '--roles'])).stdout)
    await server.client.db('elsewhere').collection('any').insertOne({})
    expect(await as('ops_backup_medical', 'backup')).toMatchObject({ trust: 'sound' })
    const readElsewhere = (_: Db, client: MongoClient) =>
      client.db('elsewhere').collection('any').findOne()
    for (const work of [insert, readElsewhere, makeUser, promote])
      expect(await directly('ops_backup_medical', work)).toBe(unauthorized)
    expect(await directly('ops_backup_medical', read)).toBeUndefined()
  })
})

describe('where the whole server is looked after', () => {
  test('the user for health sees its disk and its locks', async () => {
    const file = join(place.folder, 'ops.yaml')
    const text = await readFile(file, 'utf8')
    const whole = text.replace('    databases: [medical_records]\n', '')
    expect(whole).not.toBe(text)
    await writeFile(file, whole, { mode: 0o600 })
    await inMongosh((await ops(place, ['doctor', '--roles'])).stdout)
    await signInAs('ops_health_medical')
    const { stdout } = await ops(place, ['health', 'symptom', '--json'])
    const { checks } = (JSON.parse(stdout) as { result: { checks: HealthFinding[] } }).result
    const unknown = checks.filter(({ severity }) => severity === 'unknown')
    expect(unknown).toEqual([])
    expect(checks.map(({ id }) => id)).toContain('symptom:disk')
  })
})
