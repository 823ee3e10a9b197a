import { execa } from 'execa'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { EngineChoice } from '../../../src/domain/target.js'
import { takeBackup } from '../../../src/procedures/backup/takeBackup.js'
import { restore } from '../../../src/procedures/restore/restore.js'
import { undo } from '../../../src/procedures/restore/undo.js'
import type { World } from '../../../src/ports/world.js'
import { carriedOut } from '../../fakes/world.js'
import {
  hashOf,
  loadPatients,
  startMongoServer,
  type MongoServer,
} from '../../support/mongoServer.js'
import { realWorld } from '../../support/realWorld.js'

const compression = { level: 1, workers: 2, blockBytes: 256 * 1024 }
let server: MongoServer
let folder: string
let world: World

beforeAll(async () => {
  server = await startMongoServer()
})
afterAll(async () => {
  await server.remove()
})
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-world-'))
  world = realWorld(folder)
  await server.client.db('medical_records').dropDatabase()
  await server.client.db('medical_copy').dropDatabase()
  await loadPatients(server.client)
  return () => rm(folder, { recursive: true, force: true })
})

const backUp = async (engine: EngineChoice = 'auto') =>
  (
    await carriedOut(
      await takeBackup.plan(
        { target: server.target({ engine }), compression, safety: false },
        world,
      ),
      world,
    )
  ).result

const request = () => ({
  target: server.target(),
  wanted: { kind: 'latest' as const },
  choice: {},
  safetyBackup: true,
  allowVersionMismatch: false,
  compression,
})

/** Damages documents in place, deletes some, drops a collection and adds a stray one. */
async function disaster(): Promise<void> {
  const db = server.client.db('medical_records')
  const patients = db.collection('healthcare_data')
  await patients.updateMany({ 'patient_info.age': 33 }, { $set: { patient_info: 'DAMAGED' } })
  await patients.deleteMany({ 'patient_info.age': 40 })
  await patients.dropIndex('billing.billing_amount_1')
  await db.collection('audit_trail').drop()
  await db.collection('stray').insertOne({ what: 'is this' })
}

describe.each<EngineChoice>(['sidecar', 'exec', 'host'])('engine %s', (engine) => {
  test('backs up and restores to the same hash, indexes included', async () => {
    const before = await hashOf(server.client)
    const backup = await backUp(engine)
    expect(backup).toMatchObject({ engine, trust: 'sound', wholeInstance: true, replicaSet: 'rs0' })
    expect(backup.collections['medical_records.healthcare_data']).toMatchObject({ documents: 5000 })
    await disaster()
    const damaged = await hashOf(server.client)
    expect(damaged).not.toBe(before)
    const { result } = await carriedOut(
      await restore.plan({ ...request(), target: server.target({ engine }) }, world),
      world,
    )
    expect(await hashOf(server.client)).toBe(before)
    expect(result.dropped).toEqual(['medical_records.stray'])
    const names = await server.client.db('medical_records').collection('healthcare_data').indexes()
    // mongorestore makes them in any order.
    expect(names.map(({ name }) => name).toSorted()).toEqual([
      '_id_',
      'billing.billing_amount_1',
      'patient_info.name_1',
    ])
    await carriedOut(
      await undo.plan(
        { target: () => server.target({ engine }), safetyBackup: true, compression },
        world,
      ),
      world,
    )
    expect(await hashOf(server.client)).toBe(damaged)
  })
})

describe('what was backed up', () => {
  test('makes a copy beside the live database', async () => {
    const before = await hashOf(server.client)
    await backUp()
    await disaster()
    const damaged = await hashOf(server.client)
    await carriedOut(
      await restore.plan({ ...request(), choice: { into: 'medical_copy' } }, world),
      world,
    )
    expect(await hashOf(server.client)).toBe(damaged)
    expect(await hashOf(server.client, 'medical_copy')).toBe(before)
  })

  test('keeps the users as they are', async () => {
    await backUp()
    await server.client.db('admin').command({ createUser: 'later', pwd: 'x', roles: [] })
    await carriedOut(await restore.plan(request(), world), world)
    const { users } = await server.client.db('admin').command({ usersInfo: 1 })
    expect((users as { user: string }[]).map(({ user }) => user).sort()).toEqual([
      'later',
      'root user',
    ])
    await server.client.db('admin').command({ dropUser: 'later' })
  })

  test('is consistent although writers write while it is taken', async () => {
    const patients = server.client.db('medical_records').collection('healthcare_data')
    const audit = server.client.db('medical_records').collection('audit_trail')
    const writing = new AbortController()
    // Every insert is followed by its audit entry: at any one moment the two counts differ by one at most.
    const writer = (async () => {
      for (let at = 100; !writing.signal.aborted; at++) {
        await patients.insertOne({ written: at })
        await audit.insertOne({ at })
      }
    })()
    const backup = await backUp()
    writing.abort()
    await writer
    expect(backup.oplog?.writes['medical_records.healthcare_data']?.inserts).toBeGreaterThan(0)
    await carriedOut(await restore.plan(request(), world), world)
    const written = await patients.countDocuments({ written: { $exists: true } })
    const audited = await audit.countDocuments({ at: { $gte: 100 } })
    expect(written - audited).toBeGreaterThanOrEqual(0)
    expect(written - audited).toBeLessThanOrEqual(1)
  })

  test('is restored by gunzip, sha256sum and mongorestore alone', async () => {
    const before = await hashOf(server.client)
    const backup = await backUp()
    await execa('gunzip', ['--test'], { input: await readFile(backup.path) })
    await execa('sha256sum', ['-c', `${backup.id}.sha256`], { cwd: join(folder, 'shelf/medical') })
    const fresh = await startMongoServer({ password: 'plain', standalone: true })
    try {
      const config = join(folder, 'mongorestore.yaml')
      await writeFile(config, `password: ${fresh.password}\n`, { mode: 0o600 })
      await execa('mongorestore', [
        '--gzip',
        `--archive=${backup.path}`,
        `--config=${config}`,
        `--port=${fresh.port.toString()}`,
        `--username=${fresh.username}`,
        '--authenticationDatabase=admin',
        '--nsExclude=admin.*',
      ])
      expect(await hashOf(fresh.client)).toBe(before)
    } finally {
      await fresh.remove()
    }
  })
})

test('a server without a replica set is backed up database by database, without an oplog', async () => {
  const standalone = await startMongoServer({ standalone: true })
  try {
    await loadPatients(standalone.client, 500)
    const before = await hashOf(standalone.client)
    const target = standalone.target()
    const { result } = await carriedOut(
      await takeBackup.plan({ target, compression, safety: false }, world),
      world,
    )
    expect(result.oplog).toBeUndefined()
    await standalone.client.db('medical_records').collection('healthcare_data').deleteMany({})
    await carriedOut(await restore.plan({ ...request(), target }, world), world)
    expect(await hashOf(standalone.client)).toBe(before)
  } finally {
    await standalone.remove()
  }
})

test('a server whose port is not published is reached all the same', async () => {
  const hidden = await startMongoServer({ published: false })
  try {
    await loadPatients(hidden.client, 500)
    const { result } = await carriedOut(
      await takeBackup.plan({ target: hidden.target(), compression, safety: false }, world),
      world,
    )
    expect(result.collections['medical_records.healthcare_data']).toMatchObject({ documents: 500 })
  } finally {
    await hidden.remove()
  }
})
