import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { execa } from 'execa'
import { Timestamp } from 'mongodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { folderSlices } from '../../../src/adapters/slices/slices.js'
import type { SliceManifest } from '../../../src/domain/oplog/slice.js'
import type { SliceStatus } from '../../../src/procedures/oplog/status.js'
import { ops, placeFor, startOps, type Place } from '../../support/cli.js'
import {
  clientOf,
  loadPatients,
  startMongoServer,
  type MongoServer,
} from '../../support/mongoServer.js'
import { until } from '../../support/waiting.js'
import { writeLoad } from '../../support/writeLoad.js'

let server: MongoServer
let place: Place

beforeAll(async () => {
  server = await startMongoServer()
  await loadPatients(server.client, 500)
  place = await placeFor(server)
  const file = join(place.folder, 'ops.yaml')
  const text = await readFile(file, 'utf8')
  await writeFile(file, text.replace('{enabled: true}', '{enabled: true, every: 1s}'), {
    mode: 0o600,
  })
}, 90_000)

afterAll(async () => {
  await place.remove()
  await server.remove()
})

const slicesOf = async (): Promise<readonly SliceManifest[]> => {
  const { slices } = await folderSlices(join(place.folder, 'shelf'), 'medical').holdings()
  return slices.map(({ manifest }) => manifest)
}

/** Waits until there are so many slices more than before. */
async function more(count: number, patience = 60_000): Promise<void> {
  const before = (await slicesOf()).length
  const came = await until(async () => (await slicesOf()).length >= before + count, patience)
  expect(came, `${count.toString()} more slices`).toBe(true)
}

async function status(): Promise<SliceStatus> {
  const { stdout } = await ops(place, ['pitr', 'status', '--json'])
  return (JSON.parse(stdout) as { result: SliceStatus }).result
}

/** The entries that a server has after one and up to another, in its own bytes. */
async function oplogOf(from: SliceManifest, to: SliceManifest): Promise<string> {
  const { username, password } = server
  const client = await clientOf(server.container, { username, password })
  const at = ({ seconds: t, ordinal: i }: SliceManifest['end']['at']) => new Timestamp({ t, i })
  const hash = createHash('sha256')
  const range = { ts: { $gt: at(from.start.at), $lte: at(to.end.at) } }
  const cursor = client.db('local').collection('oplog.rs').find(range, { raw: true })
  for await (const entry of cursor) hash.update(entry as unknown as Uint8Array)
  await client.close()
  return hash.digest('hex')
}

describe('the follower', () => {
  test(
    'misses nothing under writes, when it is killed, and when the database is started anew',
    { timeout: 300_000 },
    async () => {
      const writing = writeLoad(server)
      const first = startOps(place, ['pitr', 'start'])
      await more(3)
      first.kill('SIGKILL')
      await first

      const second = startOps(place, ['pitr', 'start'])
      await more(3)
      await execa('docker', ['restart', server.container])
      await more(2, 120_000)
      await writing.stop()
      second.kill('SIGTERM')
      const { exitCode, stdout, stderr } = await second
      expect([exitCode, stdout], stderr).toEqual([0, expect.stringContaining('stopped after')])
      expect(stdout).toContain('slice  timeline 1 to')

      const slices = await slicesOf()
      const [from, to] = [slices[0], slices.at(-1)]
      if (!from || !to) throw new Error('slices')
      const hash = createHash('sha256')
      for (const { file } of slices)
        hash.update(gunzipSync(await readFile(join(place.shelf, 'oplog', file))))
      expect(hash.digest('hex')).toBe(await oplogOf(from, to))
      const { reaches, gaps } = await status()
      expect(gaps).toEqual([])
      expect(reaches).toMatchObject([{ timeline: 1, slices: slices.length }])
      expect(reaches[0]?.bases).toHaveLength(1)
    },
  )

  test('another set in the place of the old one is a gap: told, never bridged, and closed by a base', async () => {
    const before = await status()
    const other = await startMongoServer()
    try {
      await loadPatients(other.client, 100)
      const file = join(place.folder, 'ops.yaml')
      const text = await readFile(file, 'utf8')
      await writeFile(file, text.replace(server.container, other.container), { mode: 0o600 })

      const found = await ops(place, ['pitr', 'slice', '--json'])
      expect(found.exitCode).toBe(5)
      const { error } = JSON.parse(found.stdout) as { error: unknown }
      expect(error).toMatchObject({
        code: 'OPLOG_GAP',
        facts: { gap: { timeline: 1, reason: 'other set' } },
      })
      const none = await ops(place, ['pitr', 'slice'])
      expect([none.exitCode, none.stderr]).toEqual([5, expect.stringContaining('BASE_NEEDED')])

      const based = await ops(place, ['pitr', 'slice', '--base'])
      expect(based.exitCode, based.stderr).toBe(0)
      await other.client.db('medical_records').collection('audit_trail').insertOne({ late: true })
      expect((await ops(place, ['pitr', 'slice', '--quiet'])).exitCode).toBe(0)
      const after = await status()
      expect(after.gaps).toMatchObject([{ timeline: 1, reason: 'other set' }])
      expect(after.reaches[0]).toEqual(before.reaches[0])
      expect(after.reaches[1]).toMatchObject({ timeline: 2 })
    } finally {
      await other.remove()
    }
  })
})
