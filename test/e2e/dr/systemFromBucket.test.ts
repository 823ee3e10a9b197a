import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SystemRecovery } from '../../../src/procedures/dr/system/recoverSystem.js'
import { cleanUp } from '../../support/cleanUp.js'
import { ops } from '../../support/cli.js'
import { composePlace } from '../../support/composePlace.js'
import { answerOf } from '../../support/envelope.js'
import { failsBothWays } from '../../support/failing.js'
import { clientOf, hashOf, loadPatients, mongoImage } from '../../support/mongoServer.js'
import { until } from '../../support/waiting.js'
import { startS3Server, type S3Server } from '../../support/s3Server.js'

const project = `opsbucket${process.pid.toString()}`
/** A name of its own for the image: that alone is taken away. */
const image = `${project}:1`
const root = join(import.meta.dirname, '../../..')
const signIn = { username: 'root user', password: `k@n:a/r?y#5% '"$x` }
const made = cleanUp()
const docker = (...argv: string[]) => execa('docker', argv, { reject: false })

let s3: S3Server
let hash = ''
let env: Record<string, string> = {}
let keys = ''

const compose = `services:
  mongodb:
    image: \${TEST_IMAGE:?}
    container_name: ${project}_mongodb
    hostname: mongodb
    entrypoint: [bash, /stack/start.sh]
    command: [mongod, --replSet=rs0, --keyFile=/data/configdb/replica.key, --bind_ip_all]
    tmpfs: [/data/configdb]
    labels: {ops.test: bucket}
    environment:
      MONGO_INITDB_ROOT_USERNAME: root user
      MONGO_INITDB_ROOT_PASSWORD: \${ROOT_PASSWORD:?set it}
    volumes: ['mongo_data:/data/db', './init:/docker-entrypoint-initdb.d:ro', './stack:/stack:ro']
    healthcheck:
      test: [CMD, bash, -c, 'exec 3<>/dev/tcp/$$(hostname -i)/27017']
      interval: 1s
      retries: 60
volumes:
  mongo_data: {labels: {ops.test: bucket}}
networks:
  default: {labels: {ops.test: bucket}}
`

const configuration = (endpoint: string, bucket: string, recipient: string) => `version: 1
name: hospital
stack: {compose: [docker-compose.yml], project: ${project}}
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
  kit: {images: keep}
  encryption: {recipients: [${recipient}]}
  copies:
    - {name: offsite, type: s3, endpoint: "${endpoint}", bucket: ${bucket}, prefix: db01, accessKeyId: "\${OFFSITE_KEY}", secretAccessKey: {file: secret}}
`

async function madeKey(name: string): Promise<string> {
  await execa('age-keygen', ['-o', join(keys, name)])
  const text = await readFile(join(keys, name), 'utf8')
  return /public key: (age1\S+)/.exec(text)?.[1] ?? ''
}

async function bareHost() {
  const around = made.made(await mkdtemp(join(tmpdir(), 'ops-gone-')), (path) =>
    rm(path, { recursive: true, force: true }),
  )
  const [folder, state] = [join(around, 'srv'), join(around, 'state')]
  await mkdir(folder)
  return { folder, state }
}

async function removeStack(): Promise<void> {
  await docker('rm', '--force', '--volumes', `${project}_mongodb`)
  await docker('network', 'rm', `${project}_default`)
  await docker('volume', 'rm', '--force', `${project}_mongo_data`)
  await docker('image', 'rm', image)
}

const argv = () => [
  'dr',
  'system',
  ...['--from', `s3://${s3.bucket}/db01`, '--endpoint', s3.endpoint, '--confirm', project],
]

beforeAll(async () => {
  s3 = made.made(await startS3Server(), (one) => one.remove())
  keys = made.made(await mkdtemp(join(tmpdir(), 'ops-keys-')), (path) =>
    rm(path, { recursive: true, force: true }),
  )
  const recipient = await madeKey('right.key')
  await madeKey('wrong.key')
  made.made(project, removeStack)
  await docker('tag', mongoImage(), image)
  const place = made.made(
    await composePlace('bucket', {
      'docker-compose.yml': compose,
      'ops.yaml': configuration(s3.endpoint, s3.bucket, recipient),
      'stack/start.sh': await readFile(join(root, 'stack/mongodb/start.sh'), 'utf8'),
      'init/ward.js': "db.getSiblingDB('ward').beds.insertOne({ _id: 1 })\n",
    }),
    (one) => one.remove(),
  )
  const password = '"k@n:a/r?y#5% \'\\"\\$x"'
  await place.write('.env', `TEST_IMAGE=${image}\nROOT_PASSWORD=${password}\n`, 0o600)
  await place.write('secret', s3.keys.secretAccessKey, 0o600)
  env = { OFFSITE_KEY: s3.keys.accessKeyId }
  await place.compose('--project-name', project, 'up', '--detach', '--wait')
  const client = await clientOf(`${project}_mongodb`, signIn)
  // Nothing in this stack does so.
  await client.db('admin').command({
    replSetInitiate: { _id: 'rs0', members: [{ _id: 0, host: 'mongodb:27017' }] },
  })
  const primary = async () =>
    (await client.db('admin').command({ hello: 1 }))['isWritablePrimary'] === true
  expect(await until(primary, 30_000)).toBe(true)
  await loadPatients(client, 2_000)
  hash = await hashOf(client)
  await client.close()
  answerOf(await ops(place, ['backup', '--json'], { env }))
  await place.remove()
  await removeStack()
  env = {
    ...env,
    ROOT_PASSWORD: signIn.password,
    AWS_ACCESS_KEY_ID: s3.keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.keys.secretAccessKey,
  }
}, 240_000)
afterAll(() => made.all())

describe('ops dr system, where all that is left is a bucket', () => {
  test('needs the key of encrypted backups, and the right one, before anything is made', async () => {
    const host = await bareHost()
    await failsBothWays(host, argv(), { exitCode: 12, code: 'KEY_MISSING' }, { env })
    const wrong = [...argv(), '--identity', join(keys, 'wrong.key')]
    await failsBothWays(host, wrong, { exitCode: 12, code: 'KEY_WRONG' }, { env })
    expect((await docker('volume', 'inspect', `${project}_mongo_data`)).exitCode).toBe(1)
  })

  test('brings back image, files, replica set and data, with an equal hash', async () => {
    expect((await docker('image', 'inspect', image)).exitCode).toBe(1)
    const host = await bareHost()
    const given = [...argv(), '--identity', join(keys, 'right.key'), '--json']
    const { result } = answerOf<SystemRecovery>(await ops(host, given, { env }))
    expect(result).toMatchObject({ images: [image], missing: [], services: [] })
    expect(result.servers).toMatchObject([{ primary: true, write: 'durable' }])
    expect(await readFile(join(host.folder, 'init/ward.js'), 'utf8')).toContain('beds')
    const client = await clientOf(`${project}_mongodb`, signIn)
    try {
      expect(await hashOf(client)).toBe(hash)
    } finally {
      await client.close()
    }
    await removeStack()
  }, 180_000)
})
