import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { memberFileName } from '../../../src/domain/replicaSet/memberFile.js'
import type { Enabled } from '../../../src/procedures/replicaSet/enabling.js'
import { cleanUp } from '../../support/cleanUp.js'
import { ops } from '../../support/cli.js'
import { composePlace, type ComposePlace } from '../../support/composePlace.js'
import { answerOf } from '../../support/envelope.js'
import { hurtAt, passedBy, type Passed } from '../../support/faultPoints.js'
import { clientOf, hashOf, loadPatients } from '../../support/mongoServer.js'

const project = `opsalone${process.pid.toString()}`
const signIn = { username: 'root user', password: `k@n:a/r?y#5% '"$x` }
const argv = ['pitr', 'enable', '--confirm', 'medical', '--json']
const undo = ['undo', '--confirm', 'medical', '--json']
const made = cleanUp()
let place: ComposePlace
let hash = ''
let borders: readonly Passed[]

/** A standalone server that asks for a password, and an application that connects to it as it always did. */
const compose = `services:
  mongodb:
    image: \${OPS_MONGO_IMAGE}
    container_name: ${project}_mongodb
    labels: {ops.test: alone}
    command: [mongod, --wiredTigerCacheSizeGB=0.25]
    environment: {MONGO_INITDB_ROOT_USERNAME: root user, MONGO_INITDB_ROOT_PASSWORD: '\${ROOT_PASSWORD:?}'}
    volumes: ['mongo_data:/data/db']
    tmpfs: [/data/configdb]
  ward:
    image: \${OPS_MONGO_IMAGE}
    labels: {ops.test: alone}
    init: true
    stop_grace_period: 1s
    entrypoint: [sleep, infinity]
    tmpfs: [/data/db, /data/configdb]
volumes:
  mongo_data: {labels: {ops.test: alone}}
networks:
  default: {labels: {ops.test: alone}}
`

const configuration = `version: 1
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
    writers: [{service: ward, kind: service}]
backup: {shelf: ./shelf}
pitr: {enabled: true}
`

const docker = async (...given: string[]) => (await execa('docker', given)).stdout.trim()

/** What the server says of itself, its data being what it was. */
async function soundServer(): Promise<{ readonly replicaSet: string | undefined }> {
  const client = await clientOf(`${project}_mongodb`, signIn)
  try {
    expect(await hashOf(client)).toBe(hash)
    const { setName } = await client.db('admin').command({ hello: 1 })
    return { replicaSet: setName as string | undefined }
  } finally {
    await client.close()
  }
}

/** An application in the network, with the connection string that it had before. */
async function application(): Promise<string> {
  const uri = `mongodb://${encodeURIComponent(signIn.username)}:${encodeURIComponent(signIn.password)}@mongodb:27017/medical_records?authSource=admin`
  const script =
    "print(db.healthcare_data.updateOne({}, {$set: {seen: true}}).matchedCount + db.healthcare_data.updateOne({}, {$unset: {seen: ''}}).matchedCount)"
  return docker('exec', `${project}-ward-1`, 'mongosh', '--quiet', '--norc', uri, '--eval', script)
}

const command = () => docker('inspect', '--format', '{{.Config.Cmd}}', `${project}_mongodb`)

beforeAll(async () => {
  place = made.made(
    await composePlace('alone', { 'docker-compose.yml': compose, 'ops.yaml': configuration }),
    async (one) => {
      await one.compose('--project-name', project, 'down', '--volumes', '--timeout', '1')
      await one.remove()
    },
  )
  const image = await readFile(join(place.folder, '.env'), 'utf8')
  const password = '"k@n:a/r?y#5% \'\\"\\$x"'
  // What is typed by hand in the folder, and what takes it away again, means this project.
  const named = `COMPOSE_PROJECT_NAME=${project}\n`
  await place.write('.env', `${image}${named}ROOT_PASSWORD=${password}\n`, 0o600)
  await place.compose('--project-name', project, 'up', '--detach', '--wait')
  const client = await clientOf(`${project}_mongodb`, signIn)
  await loadPatients(client, 500)
  hash = await hashOf(client)
  await client.close()
}, 120_000)
afterAll(() => made.all())

describe('ops pitr enable', () => {
  test('is what the doctor names, and slices name, for a standalone', async () => {
    const doctor = await ops(place, ['doctor', '--json'])
    expect(doctor.stdout).toContain('ops pitr enable --target medical')
    const slice = await ops(place, ['pitr', 'slice', '--json'])
    expect([slice.exitCode, slice.stdout]).toEqual([6, expect.stringContaining('pitr enable')])
  })

  test('makes it a replica set: equal data, slices can be taken, applications connect as they did; undo makes it a standalone again', async () => {
    const before = await readFile(join(place.folder, 'docker-compose.yml'), 'utf8')
    borders = (await passedBy(place, argv)).filter(({ point }) => point.startsWith('step '))
    expect(await soundServer()).toEqual({ replicaSet: 'rs0' })
    expect(await application()).toBe('2')
    expect(await readFile(join(place.folder, 'docker-compose.yml'), 'utf8')).toBe(before)
    const text = await readFile(join(place.folder, memberFileName), 'utf8')
    expect(text + (await command())).not.toContain(signIn.password)
    const key = await docker(
      'exec',
      `${project}_mongodb`,
      'stat',
      '-c',
      '%a %U',
      '/run/ops-replica-set/key',
    )
    expect(key).toBe('400 mongodb')
    answerOf(await ops(place, ['pitr', 'slice', '--base', '--json']))
    // The file belongs to the stack from now on.
    answerOf(await ops(place, ['stack', 'up', '--json']))
    expect(await soundServer()).toEqual({ replicaSet: 'rs0' })
    const { result } = answerOf<Enabled>(await ops(place, argv))
    expect(result).toMatchObject({ changed: false, replicaSet: 'rs0' })

    answerOf(await ops(place, undo))
    expect(await soundServer()).toEqual({ replicaSet: undefined })
    expect(await application()).toBe('2')
    expect(await command()).not.toContain('replSet')
  }, 180_000)

  const at = (border: string, called: RegExp) =>
    borders.find(({ point, where }) => point.startsWith(border) && called.test(where))?.point ?? ''

  test.each<[string, RegExp]>([
    ['step done', /^Write /],
    ['step done', /^Make /],
  ])(
    'killed at %s of %s it goes on when it is typed again',
    async (border, called) => {
      const hurt = await hurtAt(place, argv, at(border, called), 'kill9')
      expect(hurt.exitCode, hurt.stdout).toBe(137)
      const doctor = await ops(place, ['doctor', '--json'])
      expect(doctor.stdout).toContain('was cut off half-way')
      const { result, warnings } = answerOf<Enabled>(await ops(place, argv))
      expect(warnings.join()).toContain('was cut off')
      expect(Object.values(result.data?.documents ?? {})).toEqual(expect.arrayContaining([500]))
      expect(await soundServer()).toEqual({ replicaSet: 'rs0' })
      expect(await application()).toBe('2')
      answerOf(await ops(place, undo))
      expect(await soundServer()).toEqual({ replicaSet: undefined })
    },
    180_000,
  )

  test('killed before it is proved, an undo makes it a standalone again', async () => {
    await hurtAt(place, argv, at('step started', /^Prove /), 'kill9')
    answerOf(await ops(place, undo))
    expect(await soundServer()).toEqual({ replicaSet: undefined })
    expect(await application()).toBe('2')
  }, 120_000)
})
