import { randomBytes } from 'node:crypto'
import { execa } from 'execa'
import { afterAll, expect, test } from 'vitest'
import { dataVolumes } from '../../../src/adapters/dataFiles/dataVolumes.js'
import { dockerClient } from '../../../src/adapters/docker/client.js'
import { ownContainers } from '../../../src/adapters/docker/ownContainers.js'
import { machineHost } from '../../../src/adapters/host/host.js'
import { openSession } from '../../../src/adapters/mongo/session.js'
import { gunzip } from '../../../src/archive/gzip/gunzip.js'
import { writeDataFiles } from '../../../src/procedures/dataFiles/writeDataFiles.js'
import type { DataVolumes } from '../../../src/ports/dataVolumes.js'
import { FakeShelf } from '../../fakes/shelf.js'
import { cleanUp } from '../../support/cleanUp.js'
import {
  hashOf,
  loadImages,
  loadPatients,
  mongoImage,
  startMongoServer,
} from '../../support/mongoServer.js'

const made = cleanUp()
afterAll(() => made.all())
const never = new AbortController().signal
const folder = '.ops-before-20261121T130000Z-abc'
const client = dockerClient({ environment: process.env, home: process.env['HOME'] ?? '/root' })
const volumes = dataVolumes(ownContainers(() => client, machineHost('0.1.0')))

test('checkpoints come in between while the files are copied: the copy is whole, and a server starts on what its backup lists', async () => {
  // What happens every 60 s otherwise.
  const more = ['--syncdelay=1']
  const server = made.made(await startMongoServer({ more }), (one) => one.remove())
  const { container } = server
  await loadPatients(server.client, 5_000)
  await loadImages(server.client, 40)
  const session = openSession(server.client, server.target(), () => Promise.resolve())
  await session.flush()
  await session.lockWrites()
  const underLock = await hashOf(server.client)

  /** Number and time of the file that every checkpoint replaces. */
  const checkpoint = async () => {
    const file = '/data/db/WiredTiger.turtle'
    const { stdout } = await execa('docker', ['exec', container, 'stat', '-c', '%i %y', file])
    return stdout
  }
  let said: readonly string[] = []
  let exitCode = -1
  /** The first bytes are on their way, and the others wait until a checkpoint has come. */
  const slow: DataVolumes = {
    ...volumes,
    async copy(place, signal) {
      const run = await volumes.copy(place, signal)
      async function* raw() {
        let begun = false
        for await (const chunk of run.raw) {
          yield chunk
          if (begun) continue
          begun = true
          const before = await checkpoint()
          await expect.poll(checkpoint, { timeout: 20_000 }).not.toBe(before)
        }
      }
      const outcome = async () => {
        const left = await run.outcome()
        said = left.lines
        exitCode = left.exitCode
        return left
      }
      return { ...run, raw: raw(), outcome }
    },
  }
  const shelf = new FakeShelf()
  const form = { content: 'dataFiles', encrypted: false } as const
  const draft = await shelf.draft(new Date(), false, form)
  const place = {
    target: 'medical',
    image: mongoImage(),
    volume: await volumeOf(container),
    mountedAt: '/data/db',
    dbPath: '/data/db',
  }
  const parts: Uint8Array[] = []
  const kept = {
    ...draft,
    write: (bytes: Uint8Array) => {
      parts.push(Buffer.from(bytes))
      return Promise.resolve()
    },
  }
  const compression = { level: 1, workers: 2, blockBytes: 4_194_304 }
  const job = { place, draft: kept, compression, expected: 1 }
  const written = await writeDataFiles(job, slow, never, { amount: () => undefined })
  await session.unlockWrites()
  // It was not for nothing: tar saw the folder change, and said no more than that.
  expect(exitCode).toBe(1)
  expect(said).toContain('tar: .: file changed as we read it')
  expect(written.contents.pinned).toBe(true)

  const volume = `ops-test-${randomBytes(4).toString('hex')}`
  await execa('docker', ['volume', 'create', '--label', 'ops.test=datafiles', volume])
  made.made(volume, (name) => execa('docker', ['volume', 'rm', '--force', name]))
  // eslint-disable-next-line @typescript-eslint/require-await -- a stream is asynchronous
  async function* file() {
    yield* parts
  }
  await volumes.unpack({ ...place, volume }, folder, gunzip(file()), never)
  const started = await startedOn(volume, `/${folder}/new`)
  expect(started).toContain('recreating metadata from backup')
  expect(started).toContain(`hash ${underLock}`)
  expect(started).toContain('invalid: []')
  expect(started).toContain('images 40')
}, 120_000)

/** Starts a server alone on a data folder, and tells what it found. */
async function startedOn(volume: string, where: string): Promise<string> {
  const look = `const data = db.getSiblingDB('medical_records')
    const names = data.getCollectionNames()
    print('hash', data.runCommand({ dbHash: 1 }).md5)
    print('images', data.images.countDocuments({}))
    print('invalid:', names.filter((name) => !data.runCommand({ validate: name, full: true }).valid))`
  const script = `cp -a /volume${where} /tmp/db && rm -f /tmp/db/mongod.lock
    mongod --dbpath /tmp/db --bind_ip 127.0.0.1 --fork --logpath /tmp/log > /tmp/out
    mongosh --quiet --norc --eval "$LOOK"; grep -o 'recreating metadata from backup' /tmp/log`
  const { stdout } = await execa(
    'docker',
    [
      ...['run', '--rm', '--network', 'none', '--label', 'ops.test=datafiles'],
      ...['--env', `LOOK=${look}`, '--volume', `${volume}:/volume`],
      ...['--entrypoint', 'sh', mongoImage(), '-c', script],
    ],
    { reject: false },
  )
  return stdout
}

/** The volume of a server's data folder, which its image declares. */
async function volumeOf(container: string): Promise<string> {
  const { stdout } = await execa('docker', ['inspect', '--format', '{{json .Mounts}}', container])
  const mounts = JSON.parse(stdout) as { Name?: string; Destination: string }[]
  return mounts.find(({ Destination }) => Destination === '/data/db')?.Name ?? ''
}
