import { createServer, type Server } from 'node:net'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Secret } from '../../../src/domain/secret.js'
import type { Target } from '../../../src/domain/target.js'
import { takeBackup } from '../../../src/procedures/backup/takeBackup.js'
import { carriedOut } from '../../fakes/world.js'
import { loadPatients, startMongoServer, type MongoServer } from '../../support/mongoServer.js'
import { realWorld } from '../../support/realWorld.js'

const value = (text: string) => ({ from: 'value' as const, value: new Secret(text) })
let server: MongoServer
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-rights-'))
  server = await startMongoServer()
  await loadPatients(server.client, 1_000)
  const admin = server.client.db('admin')
  await admin.command({ createUser: 'saver', pwd: 'saver', roles: ['backup'] })
  await admin.command({ createUser: 'restorer', pwd: 'restorer', roles: ['restore'] })
  const roles = [{ role: 'read', db: 'medical_records' }]
  await admin.command({ createUser: 'reader', pwd: 'reader', roles })
})
afterAll(async () => {
  await server.remove()
  await rm(folder, { recursive: true, force: true })
})

/** The target as another user. */
function as(user: string, changes: Partial<Target> = {}): Target {
  const credentials = { username: value(user), password: value(user), authSource: 'admin' }
  return server.target({ credentials, ...changes })
}

function byUri(uri: string, changes: Partial<Target> = {}): Target {
  return as('saver', { place: { kind: 'server', uri: value(uri) }, ...changes })
}

const connected = (target: Target) => realWorld(folder).mongo.connect(target)

describe('a user with few rights', () => {
  test('who has the role "backup" backs up, and knows how much there is', async () => {
    const world = realWorld(folder)
    const compression = { level: 1, workers: 2, blockBytes: 256 * 1024 }
    const plan = await takeBackup.plan({ target: as('saver'), compression, safety: false }, world)
    expect((await carriedOut(plan, world)).result).toMatchObject({ trust: 'sound' })
    const session = await connected(as('saver'))
    const [size] = await session.sizes(['medical_records'])
    expect(size).toMatchObject({ documents: 1_050, collections: 2 })
    expect(size?.dataBytes).toBeGreaterThan(100_000)
    expect(await session.privileges(['medical_records'])).toMatchObject({ missingForBackup: [] })
    await session.close()
  })

  test('who has the role "restore" may not replay an oplog, root may', async () => {
    const session = await connected(as('restorer'))
    const { missingForReplay } = await session.privileges(['medical_records'])
    expect(missingForReplay).toContain('update on medical_records')
    await session.close()
    const saver = await connected(as('saver'))
    const lacking = await saver.privileges(['medical_records'])
    expect(lacking.missingForReplay).toContain('applyOps on the server')
    expect(lacking.mayDoEverything).toBe(false)
    await saver.close()
    const root = await connected(server.target())
    expect(await root.privileges(['medical_records'])).toMatchObject({
      missingForReplay: [],
      mayDoEverything: true,
    })
    await root.close()
  })

  test('who may not ask for the status learns version, set and host', async () => {
    const session = await connected(as('reader'))
    const facts = await session.server()
    expect(facts).toMatchObject({
      version: '6.0.5',
      replicaSet: 'rs0',
      primary: true,
      host: 'mongodb:27017',
    })
    expect(facts.connections).toBeUndefined()
    await session.close()
  })

  test('who has the role "restore" can empty a database', async () => {
    await server.client.db('medical_copy').collection('some').insertOne({})
    const session = await connected(as('restorer'))
    expect(await session.privileges(['medical_copy'])).toMatchObject({ missingForRestore: [] })
    await session.dropDatabase('medical_copy')
    await session.close()
    const { databases } = await server.client.db('admin').admin().listDatabases()
    expect(databases.map(({ name }) => name)).not.toContain('medical_copy')
  })
})

describe('a given connection string', () => {
  test('keeps its options beside separate credentials', async () => {
    const uri = `mongodb://127.0.0.1:${server.port.toString()}/?directConnection=true&replicaSet=rs0`
    const session = await connected(byUri(uri))
    expect(await session.server()).toMatchObject({ replicaSet: 'rs0' })
    await session.close()
    const wrong = byUri(uri.replace('rs0', 'other') + '&serverSelectionTimeoutMS=500')
    await expect(connected(wrong)).rejects.toMatchObject({ code: 'MONGO_UNREACHABLE' })
  })

  test.each([
    'mongodb://us er:geheim/x@host:y/',
    'nonsense://geheim',
    'mongodb://h/?geheim=1&tls=maybe',
  ])('that is none is refused without being told: %s', async (uri) => {
    const { credentials, ...target } = byUri(uri)
    expect(credentials).toBeDefined()
    const error = await connected(target).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'URI_INVALID', kind: 'usage' })
    expect((error as Error).message).not.toContain('geheim')
    expect((error as Error).cause).toBeUndefined()
  })
})

test('a server that hangs up may require TLS, and that is said', async () => {
  const hanging: Server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => socket.end())
  })
  await new Promise<void>((resolve) => hanging.listen(0, '127.0.0.1', resolve))
  const { port } = hanging.address() as { port: number }
  const uri = `mongodb://127.0.0.1:${port.toString()}/?serverSelectionTimeoutMS=500`
  await expect(connected(byUri(uri))).rejects.toMatchObject({
    code: 'MONGO_UNREACHABLE',
    message: expect.stringContaining('may require TLS') as string,
  })
  hanging.close()
})
