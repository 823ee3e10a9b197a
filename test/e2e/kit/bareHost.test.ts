import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cleanUp } from '../../support/cleanUp.js'
import { ops, placeFor } from '../../support/cli.js'
import { composePlace, type ComposePlace } from '../../support/composePlace.js'
import { answerOf } from '../../support/envelope.js'
import {
  clientOf,
  hashOf,
  loadPatients,
  mongoImage,
  startMongoServer,
} from '../../support/mongoServer.js'

/** Must turn up in no file of a kit. */
const password = `k@n:a/r?y#5% '"$x`

/** The same as compose reads it from `.env`. */
const written = '"k@n:a/r?y#5% \'\\"\\$x"'
const token = 'literal-canary-token'

const compose = `services:
  mongodb:
    image: \${OPS_MONGO_IMAGE:?}
    labels: {ops.test: kit}
    environment:
      MONGO_INITDB_ROOT_USERNAME: root user
      MONGO_INITDB_ROOT_PASSWORD: \${ROOT_PASSWORD:?set it}
      LEGACY_TOKEN: ${token}
    ports: ['127.0.0.1:\${MEDICAL_PORT:-0}:27017']
    volumes: ['mongo_data:/data/db']
    # The first mongod, which only makes the user, listens on loopback alone.
    healthcheck:
      test: [CMD, bash, -c, 'exec 3<>/dev/tcp/$$(hostname -i)/27017']
      interval: 1s
      retries: 60
volumes:
  mongo_data: {labels: {ops.test: kit}}
`

const configuration = `version: 1
name: hospital
stack: {compose: [docker-compose.yml]}
targets:
  medical:
    service: mongodb
    databases: [medical_records]
    credentials:
      username: {compose: mongodb.MONGO_INITDB_ROOT_USERNAME}
      password: {compose: mongodb.MONGO_INITDB_ROOT_PASSWORD}
      authSource: admin
backup:
  shelf: ./shelf
`

const made = cleanUp()
let place: ComposePlace
const signIn = { username: 'root user', password }

beforeAll(async () => {
  place = made.made(
    await composePlace('kit', { 'docker-compose.yml': compose, 'ops.yaml': configuration }),
    (one) => one.remove(),
  )
  const variables = `OPS_MONGO_IMAGE=${mongoImage()}\nROOT_PASSWORD=${written}\n`
  await place.write('.env', variables, 0o600)
  await place.compose('up', '--detach', '--wait')
  const client = made.made(await clientOf(await place.container('mongodb'), signIn), (one) =>
    one.close(),
  )
  await loadPatients(client, 500)
}, 120_000)
afterAll(() => made.all())

/** The commands of a guide, in their order. */
const commandsOf = (guide: string) =>
  [...guide.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block)

test('what RESTORE.md says brings the data to a host that has nothing but the shelf, without ops', async () => {
  const { result } = answerOf<{ id: string; kit: { file: string; leftOut: string[] } }>(
    await ops(place, ['backup', '--json']),
  )
  expect(result.kit.leftOut).toEqual(['LEGACY_TOKEN of docker-compose.yml: a secret'])

  const kit = await execa('tar', ['-xOf', result.kit.file, `${result.id}.kit/kit.json`], {
    cwd: join(place.folder, 'shelf/medical'),
  })
  expect(JSON.parse(kit.stdout)).toMatchObject({
    target: 'medical',
    composeFiles: ['docker-compose.yml'],
    images: [{ service: 'mongodb', name: mongoImage() }],
    variables: ['LEGACY_TOKEN', 'MEDICAL_PORT', 'OPS_MONGO_IMAGE', 'ROOT_PASSWORD'],
    users: [{ user: 'root user', database: 'admin', roles: ['root@admin'] }],
  })

  const host = made.made(await mkdtemp(join(tmpdir(), 'ops-bare-')), (path) =>
    rm(path, { recursive: true, force: true }),
  )
  await cp(join(place.folder, 'shelf'), join(host, 'shelf'), { recursive: true })
  const shelf = join(host, 'shelf/medical')
  const guide = await readFile(join(shelf, 'RESTORE.md'), 'utf8')
  expect(await readFile(join(host, 'shelf/RESTORE.md'), 'utf8')).toContain('RESTORE.md')

  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: host,
    DIR: join(host, 'restored'),
    COMPOSE_PROJECT_NAME: `opsbare${host.slice(-6).toLowerCase()}`,
    // What the guide names, from wherever the hospital keeps it.
    OPS_MONGO_IMAGE: mongoImage(),
    ROOT_PASSWORD: password,
    LEGACY_TOKEN: 'another one',
    MEDICAL_PORT: '0',
    ...(process.env['DOCKER_CONFIG'] ? { DOCKER_CONFIG: process.env['DOCKER_CONFIG'] } : {}),
  }
  const docker = (...argv: readonly string[]) =>
    execa('docker', ['compose', ...argv], { cwd: env.DIR, extendEnv: false, env, reject: false })
  made.made(env, () => docker('down', '--volumes', '--timeout', '1'))
  const { exitCode, stderr, stdout } = await execa(
    'bash',
    ['-e', '-c', commandsOf(guide).join('\n')],
    { cwd: shelf, extendEnv: false, env, input: `${password}\n`, reject: false },
  )
  expect(exitCode, stdout + stderr).toBe(0)
  expect(stderr).toContain('0 document(s) failed to restore')

  const { stdout: container } = await docker('ps', '--format', '{{.Name}}', 'mongodb')
  const restored = made.made(await clientOf(container.trim(), signIn), (one) => one.close())
  const original = await clientOf(await place.container('mongodb'), signIn)
  const expected = await hashOf(original).finally(() => original.close())
  expect(await hashOf(restored)).toBe(expected)
  const indexes = await restored.db('medical_records').collection('healthcare_data').indexes()
  expect(indexes).toHaveLength(3)
}, 180_000)

test('a server in a container of its own comes back, also from a backup with its oplog', async () => {
  const server = made.made(await startMongoServer(), (one) => one.remove())
  await loadPatients(server.client, 500)
  const alone = made.made(await placeFor(server), (one) => one.remove())
  answerOf(await ops(alone, ['backup', '--json']))
  const expected = await hashOf(server.client)
  // On the other host the name is free.
  await server.remove()

  const name = server.container
  made.made(name, () => execa('docker', ['volume', 'rm', '--force', `${name}_data`]))
  made.made(name, () => execa('docker', ['rm', '--force', '--volumes', name], { reject: false }))
  const guide = await readFile(join(alone.shelf, 'RESTORE.md'), 'utf8')
  const { exitCode, stderr, stdout } = await execa(
    'bash',
    ['-e', '-c', commandsOf(guide).join('\n')],
    { cwd: alone.shelf, input: `${server.password}\n${server.password}\n`, reject: false },
  )
  expect(exitCode, stdout + stderr).toBe(0)
  const restored = made.made(await clientOf(name, server), (one) => one.close())
  expect(await hashOf(restored)).toBe(expected)
}, 180_000)

test('no secret is in anything that lies on the shelf', async () => {
  const shelf = join(place.folder, 'shelf')
  const files = await readdir(shelf, { recursive: true, withFileTypes: true })
  const texts = await Promise.all(
    files
      .filter((file) => file.isFile() && !file.name.endsWith('.gz'))
      .map((file) => readFile(join(file.parentPath, file.name), 'latin1')),
  )
  expect(texts.length).toBeGreaterThanOrEqual(5)
  for (const text of texts) {
    expect(text).not.toMatch(/k@n|k%40n|r\?y#5/)
    expect(text).not.toContain(token)
  }
})

test('show names what the kit holds; a second backup leaves an unchanged RESTORE.md as it is', async () => {
  const path = join(place.folder, 'shelf/medical/RESTORE.md')
  const { stdout: before } = await execa('stat', ['-c', '%i %Y', path])
  const { result } = answerOf<{ id: string }>(await ops(place, ['backup', '--json']))
  expect((await execa('stat', ['-c', '%i %Y', path])).stdout).toBe(before)

  const { stdout } = await ops(place, ['backup', 'show', result.id])
  expect(stdout).toContain(
    `${result.id}.kit.tar: kit.json, RESTORE.md, docker-compose.yml, ops.yaml`,
  )
  expect(stdout).toContain('LEGACY_TOKEN of docker-compose.yml: a secret')
})
