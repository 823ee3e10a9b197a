import { randomBytes } from 'node:crypto'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dockerClient } from '../../../src/adapters/docker/client.js'
import { mongoStrangers } from '../../../src/adapters/mongo/strangers.js'
import { Secret } from '../../../src/domain/secret.js'
import type { Target } from '../../../src/domain/target.js'
import {
  clientOf,
  mongoImage,
  startMongoServer,
  type MongoServer,
} from '../../support/mongoServer.js'
import { realWorld } from '../../support/realWorld.js'

const { containers, secrets } = realWorld('/nowhere')
const strangers = mongoStrangers({
  containers,
  secrets,
  client: () => dockerClient({ environment: process.env, home: process.env['HOME'] ?? '/root' }),
})
let server: MongoServer

beforeAll(async () => {
  server = await startMongoServer()
})
afterAll(async () => {
  await server.remove()
})

/** The server by a connection string that signs in. */
function byUri(port: number): Target {
  const word = encodeURIComponent(server.password)
  const uri = `mongodb://root%20user:${word}@127.0.0.1:${port.toString()}/?authSource=admin&directConnection=true&serverSelectionTimeoutMS=500`
  const { credentials, ...target } = server.target({
    place: { kind: 'server', uri: { from: 'value', value: new Secret(uri) } },
  })
  expect(credentials).toBeDefined()
  return target
}

test('a server that asks for a password refuses who has none, whatever the target signs in with', async () => {
  expect(await strangers.answered(server.target())).toBe(false)
  expect(await strangers.answered(byUri(server.port))).toBe(false)
})

test('a server without authorization answers, though it has users and a sign-in works', async () => {
  const container = `ops-test-${randomBytes(4).toString('hex')}`
  const run = ['run', '--detach', '--name', container, '--label', 'ops.test=server']
  await execa('docker', [...run, mongoImage(), 'mongod', '--bind_ip_all'])
  try {
    const client = await clientOf(container)
    const user = { createUser: server.username, pwd: server.password, roles: ['root'] }
    await client.db('admin').command(user)
    await client.close()
    const target = server.target({ place: { kind: 'container', container } })
    expect(await strangers.answered(target)).toBe(true)
    const session = await realWorld('/nowhere').mongo.connect(target)
    expect(await session.privileges(['any'])).toMatchObject({ authenticated: true })
    await session.close()
  } finally {
    await execa('docker', ['rm', '--force', '--volumes', container], { reject: false })
  }
})

test('a server that does not answer has said nothing', async () => {
  await expect(strangers.answered(byUri(9))).rejects.toMatchObject({ code: 'MONGO_UNREACHABLE' })
})
