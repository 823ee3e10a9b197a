import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { execa } from 'execa'
import type { Document } from 'mongodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { folderSlices } from '../../src/adapters/slices/slices.js'
import type { SliceStatus } from '../../src/procedures/oplog/status.js'
import { cleanUp } from '../support/cleanUp.js'
import { ops, type Place } from '../support/cli.js'
import { clientOf, mongoImage } from '../support/mongoServer.js'
import { until } from '../support/waiting.js'

const clean = cleanUp()
const tag = `ops-test-${randomBytes(4).toString('hex')}`
const [one, two, three] = [`${tag}-1`, `${tag}-2`, `${tag}-3`] as const
const members = [one, two, three]
let place: Place

beforeAll(async () => {
  clean.made(tag, () => execa('docker', ['network', 'rm', tag], { reject: false }))
  await execa('docker', ['network', 'create', '--label', 'ops.test=network', tag])
  for (const name of members) {
    clean.made(name, () => execa('docker', ['rm', '--force', '--volumes', name], { reject: false }))
    await execa('docker', [
      ...['run', '--detach', '--name', name, '--label', 'ops.test=server', '--network', tag],
      ...['--entrypoint', 'mongod', mongoImage(), '--replSet=rs0', '--bind_ip_all'],
      ...['--wiredTigerCacheSizeGB=0.25'],
    ])
  }
  for (const name of members) await asked(name, { ping: 1 })
  await asked(one, {
    replSetInitiate: {
      _id: 'rs0',
      settings: { electionTimeoutMillis: 4000, catchUpTimeoutMillis: 2000 },
      members: members.map((name, _id) => ({ _id, host: `${name}:27017`, priority: 3 - _id })),
    },
  })
  await isPrimary(one)
  await written(one, { at: 'first' })
  const folder = await mkdtemp(join(tmpdir(), 'ops-place-'))
  const state = join(folder, 'state')
  await mkdir(state)
  place = clean.made(
    {
      folder,
      state,
      shelf: join(folder, 'shelf/medical'),
      remove: () => rm(folder, { recursive: true, force: true }),
    },
    (made) => made.remove(),
  )
  await aimedAt(one)
  await good('pitr', 'slice', '--base')
  await written(one, { at: 'second' })
  await good('pitr', 'slice')
}, 180_000)
afterAll(() => clean.all())

/** The target is the server in this container. */
async function aimedAt(container: string): Promise<void> {
  const yaml = `version: 1
name: hospital
targets:
  medical:
    container: ${container}
    databases: [medical_records]
backup:
  shelf: ./shelf
pitr: {enabled: true}
`
  await writeFile(join(place.folder, 'ops.yaml'), yaml, { mode: 0o600 })
}

async function asked(container: string, command: Document): Promise<Document> {
  const client = await clientOf(container)
  return client
    .db('admin')
    .command(command)
    .finally(() => client.close())
}

async function isPrimary(container: string): Promise<void> {
  const answers = async () => (await asked(container, { hello: 1 }))['isWritablePrimary'] === true
  expect(await until(() => answers().catch(() => false), 90_000), container).toBe(true)
}

async function written(container: string, document: Document, w: number | 'majority' = 'majority') {
  const client = await clientOf(container)
  await client
    .db('medical_records')
    .collection('audit_trail')
    .insertOne(document, { writeConcern: { w, journal: true } })
    .finally(() => client.close())
}

async function good(...argv: readonly string[]): Promise<void> {
  const { exitCode, stdout, stderr } = await ops(place, argv)
  expect(exitCode, stdout + stderr).toBe(0)
}

async function status(): Promise<SliceStatus> {
  const { stdout } = await ops(place, ['pitr', 'status', '--json'])
  return (JSON.parse(stdout) as { result: SliceStatus }).result
}

/** Everything that slices hold, as bytes. */
async function sliced(): Promise<Buffer> {
  const slices = folderSlices(join(place.folder, 'shelf'), 'medical')
  const { slices: held } = await slices.holdings()
  const files = held.map(({ manifest: { file } }) => readFile(join(slices.folder, file)))
  return Buffer.concat((await Promise.all(files)).map((file) => gunzipSync(file)))
}

const docker = (...argv: readonly string[]) => execa('docker', argv)

/**
 * Cuts members off from all others. To pause them would not do: what was sent to a process that is paused waits for it.
 */
async function cutOff(...names: readonly string[]): Promise<void> {
  for (const name of names) await docker('network', 'disconnect', tag, name)
}

async function connected(...names: readonly string[]): Promise<void> {
  for (const name of names) await docker('network', 'connect', tag, name)
}

test(
  'what an isolated primary wrote and lost after the election is in no slice, and the timeline goes on',
  { timeout: 240_000 },
  async () => {
    await cutOff(two, three)
    await written(one, { at: 'lost by one' }, 1)
    await ops(place, ['pitr', 'slice'])
    expect((await sliced()).includes('lost by one')).toBe(false)
    await docker('kill', one)
    await connected(two, three)
    await isPrimary(two)
    await written(two, { at: 'by the next primary' })
    await docker('start', one)
    await isPrimary(one)
    await written(one, { at: 'after the rollback' })

    await good('pitr', 'slice')
    const bytes = await sliced()
    const holds = ['lost by one', 'by the next primary', 'after the rollback'].map((text) =>
      bytes.includes(text),
    )
    expect(holds).toEqual([false, true, true])
    const { gaps, reaches } = await status()
    expect(gaps).toEqual([])
    expect(reaches).toMatchObject([{ timeline: 1 }])
  },
)

test(
  'a majority that is lost for good takes writes with it that were sliced: the timeline is closed, a new base begins the next, and nothing bridges them',
  { timeout: 240_000 },
  async () => {
    await cutOff(three)
    await written(one, { at: 'lost with the majority' })
    await good('pitr', 'slice')
    expect((await sliced()).includes('lost with the majority')).toBe(true)
    await docker('kill', one, two)
    await connected(three)
    const { config } = await asked(three, { replSetGetConfig: 1 })
    const { members: all, version } = config as { members: { host: string }[]; version: number }
    const alone = all.filter(({ host }) => host.startsWith(three))
    await asked(three, {
      replSetReconfig: { ...(config as Document), members: alone, version: version + 1 },
      force: true,
    })
    await isPrimary(three)
    await written(three, { at: 'by the survivor' })
    await aimedAt(three)

    const found = await ops(place, ['pitr', 'slice', '--json'])
    expect(found.exitCode, found.stdout).toBe(5)
    const { error } = JSON.parse(found.stdout) as { error: unknown }
    expect(error).toMatchObject({ code: 'OPLOG_GAP', facts: { gap: { reason: 'diverged' } } })
    await good('pitr', 'slice', '--base')
    await written(three, { at: 'sliced of the survivor' })
    await good('pitr', 'slice')

    const { gaps, reaches } = await status()
    expect(gaps).toMatchObject([{ timeline: 1, reason: 'diverged' }])
    expect(reaches.map(({ timeline }) => timeline)).toEqual([1, 2])
    const [before, after] = reaches
    expect(before?.to.optime).toBe(gaps[0]?.after.optime)
    const [seconds = '0'] = (after?.from.optime ?? '').split(':')
    const between = `${(Number(seconds) - 1).toString()}:4294967295`
    const refused = await ops(place, ['restore', '--to-time', between, '--dry-run', '--json'])
    expect(refused.exitCode, refused.stdout).toBe(10)
    expect(refused.stdout).toContain('MOMENT_UNREACHABLE')
  },
)
