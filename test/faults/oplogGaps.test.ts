import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createHash, randomBytes } from 'node:crypto'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { folderSlices } from '../../src/adapters/slices/slices.js'
import { continues } from '../../src/domain/oplog/slice.js'
import type { SliceStatus } from '../../src/procedures/oplog/status.js'
import { cleanUp } from '../support/cleanUp.js'
import { ops, placeFor, startOps, type Place } from '../support/cli.js'
import { onDataOf, standaloneOn, takesWrites } from '../support/dataOf.js'
import {
  clientOf,
  loadPatients,
  startMongoServer,
  type MongoServer,
} from '../support/mongoServer.js'
import { until } from '../support/waiting.js'

const clean = cleanUp()
const old = `ops-test-${randomBytes(4).toString('hex')}`
let server: MongoServer
let place: Place

beforeAll(async () => {
  server = clean.made(await startMongoServer(), (made) => made.remove())
  clean.made(old, () => execa('docker', ['volume', 'rm', '--force', old]))
  await execa('docker', ['volume', 'create', '--label', 'ops.test=data', old])
  await loadPatients(server.client, 100)
  place = clean.made(await placeFor(server), (made) => made.remove())
  await sliced('--base')
  await write()
  await sliced()
}, 120_000)
afterAll(() => clean.all())

let written = 0
/** A connection of its own: the server was started anew in between. */
async function write(): Promise<void> {
  const { username, password } = server
  await takesWrites(server)
  const client = await clientOf(server.container, { username, password })
  written += 1
  await client
    .db('medical_records')
    .collection('audit_trail')
    .insertOne({ at: 1000 + written })
  await client.close()
}

async function sliced(...flags: readonly string[]): Promise<void> {
  const { exitCode, stdout, stderr } = await ops(place, ['pitr', 'slice', ...flags])
  expect(exitCode, stdout + stderr).toBe(0)
}

async function status() {
  const { exitCode, stdout } = await ops(place, ['pitr', 'status', '--json'])
  const { result } = JSON.parse(stdout) as { result: SliceStatus }
  return { ...result, exitCode, ids: result.findings.map(({ id }) => id) }
}

/** Every slice is what its manifest says and continues the one before; no reach goes over a gap. */
async function nothingBridged(): Promise<void> {
  const { slices } = await folderSlices(join(place.folder, 'shelf'), 'medical').holdings()
  for (const [at, { manifest, present }] of slices.entries()) {
    expect(present).toBe(true)
    const bytes = await readFile(join(place.shelf, 'oplog', manifest.file))
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(manifest.sha256)
    const before = slices[at - 1]?.manifest
    if (before?.timeline === manifest.timeline) expect(continues(manifest, before)).toBe(true)
  }
  const { reaches, gaps } = await status()
  for (const { timeline, after } of gaps)
    for (const reach of reaches) {
      if (reach.timeline !== timeline) continue
      expect(reach.to.optime).toBe(after.optime)
    }
}

/** It is seen before and after it is closed, with exit code 5; a base begins the next timeline, which goes on. */
async function isGap(reason: string): Promise<void> {
  const before = await status()
  expect([before.exitCode, before.ids]).toEqual([5, expect.arrayContaining(['pitr.continuity'])])
  const found = await ops(place, ['pitr', 'slice', '--json'])
  expect(found.exitCode, found.stdout).toBe(5)
  const { error } = JSON.parse(found.stdout) as { error: { facts: { gap: { timeline: number } } } }
  expect(error).toMatchObject({ code: 'OPLOG_GAP', facts: { gap: { reason } } })
  const closed = await status()
  expect([closed.exitCode, closed.ids]).toEqual([5, expect.arrayContaining(['pitr.base'])])
  await sliced('--base')
  await write()
  await sliced()
  const after = await status()
  const ended = error.facts.gap.timeline
  expect(after.gaps.at(-1)).toMatchObject({ timeline: ended, reason })
  expect(after.reaches.at(-1)).toMatchObject({ timeline: ended + 1 })
  expect(after.ids).not.toContain('pitr.continuity')
  await nothingBridged()
}

describe('a gap is found, told, and never bridged:', () => {
  test('writes of a time without the replica set, which are in no oplog', async () => {
    await standaloneOn(server, async (client) => {
      await client.db('medical_records').collection('audit_trail').insertOne({ at: 2000 })
    })
    await write()
    await isGap('standalone')
  })

  test('older data put back in the place of newer', async () => {
    await onDataOf(server, old, 'cp -a /data/db/. /old/')
    await write()
    await sliced()
    await onDataOf(server, old, 'rm -rf /data/db/* && cp -a /old/. /data/db/')
    await write()
    await isGap('diverged')
  })

  test('a set that was initiated anew', async () => {
    await standaloneOn(server, (client) => client.db('local').dropDatabase())
    const { username, password } = server
    const client = await clientOf(server.container, { username, password })
    await client.db('admin').command({
      replSetInitiate: { _id: 'rs0', members: [{ _id: 0, host: 'mongodb:27017' }] },
    })
    await client.close()
    await write()
    await isGap('other set')
  })
})

describe('the follower', () => {
  const count = async () =>
    (await folderSlices(join(place.folder, 'shelf'), 'medical').holdings()).slices.length

  test.each(['ENOSPC', 'ESTALE', 'EIO', 'EROFS', 'ENOTCONN'])(
    'says that the shelf answers %s, waits, and goes on without a gap',
    async (error) => {
      const { gaps } = await status()
      const before = await count()
      await write()
      const env = { OPS_FAILPOINT: `write#4:${error}` }
      const follower = startOps(place, ['pitr', 'start'], { env })
      expect(await until(async () => (await count()) > before, 30_000)).toBe(true)
      follower.kill('SIGTERM')
      const { exitCode, stderr } = await follower
      expect(exitCode, stderr).toBe(0)
      expect(stderr).toMatch(/! SHELF_(FULL|BROKEN|UNWRITABLE): /)
      expect(stderr).toContain('slices are taken again')
      expect((await status()).gaps).toEqual(gaps)
      await nothingBridged()
    },
  )
})
