import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inspectArchive } from '../../../src/archive/inspect.js'
import { takeBackup } from '../../../src/procedures/backup/takeBackup.js'
import { carriedOut } from '../../fakes/world.js'
import { startMongoServer, type MongoServer } from '../../support/mongoServer.js'
import { realWorld } from '../../support/realWorld.js'
import { failureIn, streamed } from '../../unit/archive/feeding.js'

let server: MongoServer
let folder: string

beforeAll(async () => {
  server = await startMongoServer()
  folder = await mkdtemp(join(tmpdir(), 'ops-world-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
  await server.remove()
})

/** Runs a tool inside the container, signed in. */
const tool = (name: string, args: readonly string[], input?: Uint8Array) =>
  execa(
    'docker',
    [
      'exec',
      '--interactive',
      server.container,
      name,
      '--username',
      server.username,
      '--password',
      server.password,
      '--archive',
      ...args,
    ],
    { encoding: 'buffer', reject: false, ...(input ? { input } : {}) },
  )

test('a document of nearly 16 MiB, written right before: plain mongorestore takes the backup', async () => {
  const big = server.client.db('medical_records').collection<{ _id: number; text: string }>('big')
  await big.insertOne({ _id: 1, text: 'a'.repeat(16 * 1024 * 1024 - 300) })

  // What mongodump makes of it right now, mongorestore refuses; so do we.
  const dumped = await tool('mongodump', ['--oplog'])
  expect(dumped.exitCode).toBe(0)
  const refused = await tool(
    'mongorestore',
    ['--drop', '--nsInclude', 'medical_records.*'],
    dumped.stdout,
  )
  const failure = await failureIn(inspectArchive(streamed([dumped.stdout])))
  expect(failure.code).toBe('ARCHIVE_ENTRY_TOO_LARGE')
  expect(Buffer.from(refused.stderr).toString()).toContain(
    `${String(failure.facts['bytes'])} is neither a valid bson length nor a archive terminator`,
  )
  expect(refused.exitCode).not.toBe(0)

  const world = realWorld(folder)
  const compression = { level: 1, workers: 2, blockBytes: 1024 * 1024 }
  const request = { target: server.target(), compression, safety: false }
  const { result, warnings } = await carriedOut(await takeBackup.plan(request, world), world)
  expect(warnings.length).toBeGreaterThan(0)
  await big.drop()
  const restored = await tool(
    'mongorestore',
    ['--gzip', '--drop', '--nsInclude', 'medical_records.*'],
    await readFile(result.path),
  )
  expect(restored.exitCode).toBe(0)
  expect(await big.countDocuments()).toBe(1)
}, 180_000)
