import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { folderSlices } from '../../src/adapters/slices/slices.js'
import type { SliceStatus } from '../../src/procedures/oplog/status.js'
import { cleanUp } from '../support/cleanUp.js'
import { ops, placeFor, startOps, type Place } from '../support/cli.js'
import {
  clientOf,
  loadPatients,
  startMongoServer,
  type MongoServer,
} from '../support/mongoServer.js'
import { recreate } from '../support/recreated.js'
import { until } from '../support/waiting.js'

const clean = cleanUp()
let server: MongoServer
let place: Place

beforeAll(async () => {
  server = clean.made(await startMongoServer(), (made) => made.remove())
  await loadPatients(server.client, 100)
  place = clean.made(await placeFor(server), (made) => made.remove())
  const file = join(place.folder, 'ops.yaml')
  const text = await readFile(file, 'utf8')
  const everySecond = text.replace('{enabled: true}', '{enabled: true, every: 1s}')
  await writeFile(file, everySecond, { mode: 0o600 })
}, 90_000)
afterAll(() => clean.all())

const slices = async () =>
  (await folderSlices(join(place.folder, 'shelf'), 'medical').holdings()).slices.length

async function write(at: number): Promise<void> {
  const { username, password } = server
  const client = await clientOf(server.container, { username, password })
  await client.db('medical_records').collection('audit_trail').insertOne({ at })
  await client.close()
}

async function status(): Promise<SliceStatus> {
  const { stdout } = await ops(place, ['pitr', 'status', '--json'])
  return (JSON.parse(stdout) as { result: SliceStatus }).result
}

test(
  'a container that is made anew under the follower is no gap: it goes on behind the same entry, and says meanwhile why it waits',
  { timeout: 240_000 },
  async () => {
    const follower = startOps(place, ['pitr', 'start'])
    await write(1000)
    expect(await until(async () => (await slices()) > 0, 60_000)).toBe(true)
    expect((await status()).follower).toMatchObject({ pid: follower.pid, gone: false })

    await recreate(server, async () => {
      const waits = async () => (await status()).follower?.troubles.length === 1
      expect(await until(waits, 60_000)).toBe(true)
    })
    const before = await slices()
    await write(1001)
    expect(await until(async () => (await slices()) > before, 60_000)).toBe(true)
    const { gaps, reaches, follower: note } = await status()
    expect(gaps).toEqual([])
    expect(reaches).toMatchObject([{ timeline: 1 }])
    expect(note?.troubles).toEqual([])

    follower.kill('SIGTERM')
    const { exitCode, stderr } = await follower
    expect(exitCode, stderr).toBe(0)
    expect(stderr).toContain('slices are taken again')
    expect((await status()).follower).toBeNull()
  },
)
