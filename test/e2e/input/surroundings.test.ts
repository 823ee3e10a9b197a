import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { cleanUp } from '../../support/cleanUp.js'
import { ops, placeFor, type Place } from '../../support/cli.js'
import { startEmptyEngine } from '../../support/emptyEngine.js'
import { answerOf } from '../../support/envelope.js'
import { failsBothWays } from '../../support/failing.js'
import { bareRoot } from '../../support/lesserRights.js'
import {
  hashOf,
  mongoImage,
  startMongoServer,
  type MongoServer,
} from '../../support/mongoServer.js'

const made = cleanUp()
let server: MongoServer
let place: Place

beforeAll(async () => {
  server = made.made(await startMongoServer({ standalone: true }), (it) => it.remove())
  await server.client.db('medical_records').collection('patients').insertOne({ name: 'one' })
})
afterAll(() => made.all())
beforeEach(async () => {
  place = await placeFor(server)
  await standalone(place)
})
afterEach(() => place.remove())

/** A server without a replica set has no oplog to dump. */
async function standalone({ folder }: Place): Promise<void> {
  await execa('sed', ['-i', '/^pitr:/d', join(folder, 'ops.yaml')])
}

/** Names of the archives on the shelf. */
async function archives(): Promise<readonly string[]> {
  const names = await readdir(place.shelf).catch(() => [])
  return names.filter((name) => name.endsWith('Z.archive.gz') || name.endsWith('.partial'))
}

/** A container that is there, and whose server is not asked: it is in no state to answer. */
async function container(...then: readonly string[]): Promise<string> {
  const name = made.made(`ops-test-${randomBytes(4).toString('hex')}`, (it) =>
    execa('docker', ['rm', '--force', '--volumes', it], { reject: false }),
  )
  const run = ['run', '--detach', '--name', name, '--label', 'ops.test=input']
  await execa('docker', [...run, '--entrypoint', 'sleep', mongoImage(), 'infinity'])
  if (then.length > 0) await execa('docker', [...then, name])
  return name
}

async function placeAt(name: string): Promise<Place> {
  await place.remove()
  place = await placeFor({ container: name, username: 'root', password: 'x' })
  return place
}

const commands = [['backup'], ['backup', '--dry-run'], ['backup', '--all']] as const

describe('a server that cannot be reached', () => {
  const expected = (exitCode: number, code: string) => ({ exitCode, code })

  test('no such container: exit 10', async () => {
    await placeAt('ops-test-nowhere')
    for (const argv of commands)
      await failsBothWays(place, argv, expected(10, 'CONTAINER_NOT_FOUND'))
  })

  test('a container that is stopped: exit 13, in its own words', async () => {
    await placeAt(await container('kill'))
    for (const argv of commands) {
      const { error } = await failsBothWays(place, argv, expected(13, 'CONTAINER_STOPPED'))
      expect(error.message).toContain('exited')
    }
  })

  test('a container that is paused: exit 13, at once, and it says how to go on', async () => {
    const name = await container('pause')
    await placeAt(name)
    const { error } = await failsBothWays(place, ['backup'], expected(13, 'CONTAINER_STOPPED'))
    expect(error.facts).toMatchObject({ state: 'paused' })
    expect(error.next).toContain(`docker unpause ${name}`)
  })

  test('no engine: exit 13, from every command that needs one', async () => {
    const env = { DOCKER_HOST: `unix://${join(place.folder, 'nothing.sock')}` }
    const needing = [...commands, ['backup', '--engine', 'host']]
    for (const argv of needing)
      await failsBothWays(place, argv, expected(13, 'ENGINE_UNREACHABLE'), { env })
  })

  test('an engine whose socket this user may not open: exit 13', async () => {
    const socket = join(place.folder, 'engine.sock')
    const engine = await startEmptyEngine(socket, 0)
    const options = { env: { DOCKER_HOST: engine.endpoint }, through: bareRoot }
    await failsBothWays(place, ['backup'], expected(13, 'ENGINE_UNREACHABLE'), options)
    await engine.stop()
  })

  test('nothing that speaks as a server does, in a container and outside: exit 13', async () => {
    await placeAt(await container())
    const outside = await placeFor(server)
    await writeFile(
      join(outside.folder, 'ops.yaml'),
      'version: 1\nname: x\ntargets: {medical: {uri: "mongodb://127.0.0.1:9/"}}\nbackup: {shelf: ./shelf}\n',
    )
    // Side by side: each waits ten seconds for somebody to answer.
    await Promise.all(
      [place, outside].map((at) =>
        failsBothWays(at, ['backup'], expected(13, 'MONGO_UNREACHABLE')),
      ),
    )
    await outside.remove()
  })
})

describe('a sign-in that is refused', () => {
  test.each([
    ['a wrong password', { password: 'wrong' }],
    ['a user there is not', { username: 'nobody' }],
  ])('%s: exit 13, and the password is not repeated', async (_, changes) => {
    await place.remove()
    place = await placeFor({ ...server, ...changes })
    const expected = { exitCode: 13, code: 'MONGO_AUTHENTICATION' }
    for (const argv of [['backup'], ['backup', '--engine', 'host']]) {
      const { plain, error } = await failsBothWays(place, argv, expected)
      expect(plain.stderr + JSON.stringify(error)).not.toContain(server.password)
    }
  })

  test('a password file that is missing, and one that is empty: exit 2', async () => {
    const expected = { exitCode: 2, code: 'SECRET_UNAVAILABLE' }
    await writeFile(join(place.folder, 'password'), '')
    await failsBothWays(place, ['backup'], expected)
    await rm(join(place.folder, 'password'))
    await failsBothWays(place, ['backup'], expected)
  })

  test('a user who sees only some of the databases: exit 13, never a backup of those alone', async () => {
    const { client } = server
    await client.db('billing').collection('invoices').insertOne({ amount: 1 })
    const roles = [{ role: 'read', db: 'billing' }]
    await client.db('admin').command({ createUser: 'guest', pwd: 'guest', roles })
    await place.remove()
    place = await placeFor({ ...server, username: 'guest', password: 'guest' })
    await standalone(place)
    const databases = (names: string) =>
      execa('sed', ['-i', `s/databases: .*/databases: ${names}/`, join(place.folder, 'ops.yaml')])
    for (const names of ['[]', '[medical_records]', '[billing, medical_records]']) {
      await databases(names)
      await failsBothWays(place, ['backup'], { exitCode: 13, code: 'MONGO_UNAUTHORIZED' })
    }
    expect(await archives()).toEqual([])
    await databases('[billing]')
    expect((await ops(place, ['backup', '--quiet'])).exitCode).toBe(0)
    expect(await archives()).toHaveLength(1)
  })
})

describe('a folder that may not be used', () => {
  const unreadable = { exitCode: 13, code: 'SHELF_UNREADABLE' }
  const unwritable = { exitCode: 13, code: 'SHELF_UNWRITABLE' }
  const withLock = { inTurn: true }

  test('a shelf that this user may not write to: exit 13', async () => {
    const shelf = join(place.folder, 'shelf')
    await mkdir(shelf)
    await chmod(shelf, 0o500)
    await failsBothWays(place, ['backup'], unwritable, { through: bareRoot, ...withLock })
    expect(await readdir(shelf)).toEqual([])
    expect((await ops(place, ['backup', '--quiet'])).exitCode).toBe(0)
  })

  test('backups that this user may not read: exit 13, and they are not taken for absent', async () => {
    expect((await ops(place, ['backup', '--quiet'])).exitCode).toBe(0)
    await chmod(place.shelf, 0o000)
    const options = { through: bareRoot }
    for (const argv of [
      ['backup', 'list'],
      ['backup', 'show'],
      ['restore', '--dry-run'],
    ])
      await failsBothWays(place, argv, unreadable, options)
    await chmod(place.shelf, 0o700)
    const [archive = ''] = await archives()
    await chmod(join(place.shelf, archive), 0o000)
    await failsBothWays(place, ['restore', '--dry-run'], unreadable, options)
  })

  test('a shelf that is a file, and one that is a link: exit 13', async () => {
    await writeFile(join(place.folder, 'shelf'), '')
    await failsBothWays(place, ['backup'], unwritable, withLock)
    await rm(join(place.folder, 'shelf'))
    const elsewhere = await mkdtemp(join(place.folder, 'elsewhere-'))
    await mkdir(join(place.folder, 'shelf'), { mode: 0o700 })
    await symlink(elsewhere, join(place.folder, 'shelf/medical'))
    await failsBothWays(place, ['backup'], unwritable, withLock)
    expect(await readdir(elsewhere)).toEqual([])
  })

  test('a shelf that others may write to: exit 6', async () => {
    await mkdir(place.shelf, { recursive: true })
    await chmod(place.shelf, 0o777)
    await failsBothWays(place, ['backup'], { exitCode: 6, code: 'SHELF_EXPOSED' }, withLock)
  })

  test('a state folder that this user may not write to: exit 13', async () => {
    await chmod(place.state, 0o500)
    const expected = { exitCode: 13, code: 'STATE_UNWRITABLE' }
    await failsBothWays(place, ['backup'], expected, { through: bareRoot })
    expect(await archives()).toEqual([])
  })

  test('a state folder that is a file: exit 13', async () => {
    const env = { OPS_STATE: join(place.folder, 'password') }
    await failsBothWays(place, ['backup'], { exitCode: 13, code: 'STATE_UNWRITABLE' }, { env })
  })
})

describe('collections with names that a terminal or a tool would trip over', () => {
  const names = [
    'line\nbreak',
    '\u001b[31mred',
    'up/../x',
    '`reboot`',
    '-drop',
    'a b.c',
    '病歴',
    '"; \'',
  ]

  test('are backed up, shown without control characters, and come back', async () => {
    const strange = server.client.db('strange')
    for (const [at, name] of names.entries())
      await strange.collection(name).insertMany(Array.from({ length: at + 1 }, () => ({ name })))
    await execa('sed', [
      '-i',
      's/databases: .*/databases: [strange]/',
      join(place.folder, 'ops.yaml'),
    ])
    const before = await hashOf(server.client, 'strange')

    const taken = await ops(place, ['backup', '--json'])
    const { collections } = answerOf<{ collections: Record<string, { documents: number }> }>(
      taken,
    ).result
    expect(
      Object.entries(collections)
        .map(([name, { documents }]) => [name, documents])
        .sort(),
    ).toEqual(names.map((name, at) => [`strange.${name}`, at + 1]).sort())
    for (const argv of [
      ['backup', 'show'],
      ['backup', 'verify'],
      ['restore', '--dry-run'],
    ]) {
      const { exitCode, stdout, stderr } = await ops(place, argv)
      expect(exitCode, stderr).toBe(0)
      expect(stdout + stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f]|^break/m)
    }
    await strange.collection('line\nbreak').deleteMany({})
    await strange.collection('-drop').drop()
    answerOf(await ops(place, ['restore', '--confirm', 'medical', '--json']))
    expect(await hashOf(server.client, 'strange')).toBe(before)
  })
})
