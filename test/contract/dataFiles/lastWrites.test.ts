import { randomBytes } from 'node:crypto'
import { execa } from 'execa'
import { afterAll, expect, test } from 'vitest'
import { dataVolumes } from '../../../src/adapters/dataFiles/dataVolumes.js'
import { dockerClient } from '../../../src/adapters/docker/client.js'
import { ownContainers } from '../../../src/adapters/docker/ownContainers.js'
import { machineHost } from '../../../src/adapters/host/host.js'
import { openSession } from '../../../src/adapters/mongo/session.js'
import { mayDropWrites } from '../../../src/domain/dataFiles.js'
import { cleanUp } from '../../support/cleanUp.js'
import { hashOf, loadPatients, mongoImage, startMongoServer } from '../../support/mongoServer.js'

const made = cleanUp()
afterAll(() => made.all())
const never = new AbortController().signal
const folder = '.ops-before-20261121T130000Z-abc'
const client = dockerClient({ environment: process.env, home: process.env['HOME'] ?? '/root' })
const volumes = dataVolumes(ownContainers(() => client, machineHost('0.1.0')))

/** Starts a member on a data folder as a primary that nobody reaches, and tells what it holds. */
async function startedOn(volume: string, where: string): Promise<string> {
  const look = `for (let at = 0; at < 300 && !db.hello().isWritablePrimary; at++) sleep(100)
    print('hash', db.getSiblingDB('medical_records').runCommand({ dbHash: 1 }).md5)`
  const script = `cp -a /volume${where} /tmp/db && rm -f /tmp/db/mongod.lock
    mongod --dbpath /tmp/db --replSet rs0 --bind_ip 127.0.0.1 --fork --logpath /tmp/log > /tmp/out
    mongosh --quiet --norc --eval "$LOOK"`
  const { stdout } = await execa('docker', [
    ...['run', '--rm', '--network', 'none', '--label', 'ops.test=datafiles'],
    ...['--hostname', 'mongodb', '--add-host', 'mongodb:127.0.0.1', '--env', `LOOK=${look}`],
    ...['--volume', `${volume}:/volume`, '--entrypoint', 'sh', mongoImage(), '-c', script],
  ])
  return /^hash (\w+)$/m.exec(stdout)?.[1] ?? stdout
}

/** The volume of a server's data folder, which its image declares. */
async function volumeOf(container: string): Promise<string> {
  const { stdout } = await execa('docker', ['inspect', '--format', '{{json .Mounts}}', container])
  const mounts = JSON.parse(stdout) as { Name?: string; Destination: string }[]
  return mounts.find(({ Destination }) => Destination === '/data/db')?.Name ?? ''
}

test('files copied with writes that were not journaled: a server started on them drops those, and keeps them once made ready', async () => {
  const server = made.made(await startMongoServer(), (one) => one.remove())
  await loadPatients(server.client, 1_000)
  const session = openSession(server.client, server.target(), () => Promise.resolve())
  const visits = server.client
    .db('medical_records')
    .collection('visits', { writeConcern: { w: 1 } })
  const load = { stopped: false }
  const writing = Promise.all(
    Array.from({ length: 8 }, async (_, writer) => {
      for (let number = 0; !load.stopped; number++) await visits.insertOne({ writer, number })
    }),
  )
  // Locked again and again until something is open: the journal is written ten times a second.
  let times = await session.replicationTimes()
  for (let attempt = 0; attempt < 50; attempt++) {
    await session.flush()
    await session.lockWrites()
    times = await session.replicationTimes()
    if (!times) throw new Error('it is a replica set')
    const { applied: lastWrite, journaled } = times
    if (mayDropWrites({ members: ['one'], lastWrite, journaled })) break
    await session.unlockWrites()
  }
  expect(times?.applied).not.toEqual(times?.journaled)
  if (!times) throw new Error('it is a replica set')
  expect(await session.hasOplogEntry(times.applied)).toBe(true)
  const later = { ...times.applied, ordinal: times.applied.ordinal + 1 }
  expect(await session.hasOplogEntry(later)).toBe(false)
  const underLock = await hashOf(server.client)
  const [namespaces, documents] = [
    await session.namespaces(['medical_records'], 'roughly'),
    await visits.countDocuments(),
  ]

  const volume = `ops-test-${randomBytes(4).toString('hex')}`
  await execa('docker', ['volume', 'create', '--label', 'ops.test=datafiles', volume])
  made.made(volume, (name) => execa('docker', ['volume', 'rm', '--force', name]))
  const place = {
    target: 'medical',
    image: mongoImage(),
    volume,
    mountedAt: '/data/db',
    dbPath: '/data/db',
  }
  const run = await volumes.copy({ ...place, volume: await volumeOf(server.container) }, never)
  await volumes.unpack(place, folder, run.raw, never)
  await run.stop()
  await session.unlockWrites()
  const count = async (name: string) => {
    const namespace = namespaces.find(({ collection }) => collection === name)
    if (!namespace) throw new Error(`${name} is there`)
    return session.countDocuments(namespace, times.applied)
  }
  // Writes go on, and the past is counted.
  const before = await visits.countDocuments()
  await expect.poll(() => visits.countDocuments()).toBeGreaterThan(before)
  expect(await count('visits')).toBe(documents)
  load.stopped = true
  await writing
  await server.client.db('medical_records').dropCollection('audit_trail')
  expect(await count('audit_trail')).toBeUndefined()
  await server.client.db('medical_records').collection('audit_trail').insertOne({ at: 1 })
  expect(await count('audit_trail')).toBeUndefined()

  const unpacked = `/${folder}/new`
  expect(await startedOn(volume, unpacked)).not.toBe(underLock)
  const layout = { directoryPerDatabase: false, directoryForIndexes: false }
  await volumes.keepLastWrites(place, folder, layout, never)
  expect(await startedOn(volume, unpacked)).toBe(underLock)
  const { stdout } = await execa('docker', [
    ...['run', '--rm', '--volume', `${volume}:/volume`, '--label', 'ops.test=datafiles'],
    ...['--entrypoint', 'find', mongoImage(), `/volume${unpacked}`, '-user', '0'],
  ])
  expect(stdout).toBe('')
}, 120_000)

test('files that no server opens are told, with what it said', async () => {
  const volume = `ops-test-${randomBytes(4).toString('hex')}`
  await execa('docker', ['volume', 'create', '--label', 'ops.test=datafiles', volume])
  made.made(volume, (name) => execa('docker', ['volume', 'rm', '--force', name]))
  const script = `mkdir -p /volume/db/${folder}/new && echo no > /volume/db/${folder}/new/storage.bson`
  await execa('docker', [
    ...['run', '--rm', '--volume', `${volume}:/volume`, '--label', 'ops.test=datafiles'],
    ...['--entrypoint', 'sh', mongoImage(), '-c', script],
  ])
  const place = {
    target: 'medical',
    image: mongoImage(),
    volume,
    mountedAt: '/data',
    dbPath: '/data/db',
  }
  const layout = { directoryPerDatabase: true, directoryForIndexes: true }
  await expect(volumes.keepLastWrites(place, folder, layout, never)).rejects.toMatchObject({
    code: 'DATA_VOLUME_FAILED',
    message: expect.stringContaining('the server did not start') as string,
  })
})

test('a standalone has no replication times, and counts what is there now', async () => {
  const server = made.made(await startMongoServer({ standalone: true }), (one) => one.remove())
  await loadPatients(server.client, 100)
  const session = openSession(server.client, server.target(), () => Promise.resolve())
  expect(await session.replicationTimes()).toBeUndefined()
  const [namespace] = await session.namespaces(['medical_records'], 'roughly')
  if (!namespace) throw new Error('it is there')
  expect(await session.countDocuments(namespace)).toBe(namespace.documents)
})
