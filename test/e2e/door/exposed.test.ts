import { chmod, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ops } from '../../support/cli.js'
import { composePlace, type ComposePlace } from '../../support/composePlace.js'
import { clientOf } from '../../support/mongoServer.js'

const label = 'labels: [ops.test=exposed]'
const login = { username: 'root', password: 'ChangeMe' }

/** `address` is one of this machine that is not loopback. */
const compose = (address: string) => `services:
  records:
    image: \${OPS_MONGO_IMAGE}
    ${label}
    command: [mongod, --wiredTigerCacheSizeGB=0.25, --bind_ip_all]
    ports: ['${address}::27017']
    environment: {MONGO_INITDB_ROOT_USERNAME: root, MONGO_INITDB_ROOT_PASSWORD: '\${WORD}'}
  intake:
    image: \${OPS_MONGO_IMAGE}
    ${label}
    entrypoint: [sleep, infinity]
    init: true
    environment: {DATABASE: 'mongodb://root:\${WORD}@records:27017/clinic'}
  reports:
    image: \${OPS_MONGO_IMAGE}
    ${label}
    entrypoint: [sleep, infinity]
    init: true
    environment: {DATABASE: 'mongodb://clerk:\${WORD}@records:27017/clinic'}
networks: {default: {${label}}}
`

const yaml = `version: 1
name: clinic
stack: {compose: [compose.yaml]}
targets:
  clinic:
    service: records
    databases: [clinic]
    credentials:
      username: {compose: records.MONGO_INITDB_ROOT_USERNAME}
      password: {compose: records.MONGO_INITDB_ROOT_PASSWORD}
backup: {shelf: ./shelf}
`

let place: ComposePlace

beforeAll(async () => {
  const gateway = ['--format', '{{(index .IPAM.Config 0).Gateway}}']
  const { stdout: address } = await execa('docker', ['network', 'inspect', 'bridge', ...gateway])
  place = await composePlace('exposed', { 'compose.yaml': compose(address) })
  await place.write('ops.yaml', yaml, 0o600)
  const image = /^OPS_MONGO_IMAGE=.*$/m
  const settings = await readFile(join(place.folder, '.env'), 'utf8')
  const line = image.exec(settings)?.[0] ?? ''
  await place.write('.env', `${line}\nWORD=${login.password}\n`, 0o644)
  await mkdir(join(place.folder, 'shelf/clinic'), { recursive: true })
  await chmod(join(place.folder, 'shelf/clinic'), 0o755)
  await place.compose('up', '--detach')
  const client = await clientOf(await place.container('records'), login)
  await client.db('clinic').collection('notes').insertOne({})
  await client.close()
}, 60_000)

afterAll(() => place.remove())

test('a stack that anybody could come into is told so, with what to type, and without its password', async () => {
  const { exitCode, stdout } = await ops(place, ['doctor', '--json'])
  expect(exitCode, stdout).toBe(5)
  expect(stdout).not.toContain(login.password)
  const { checks } = (
    JSON.parse(stdout) as {
      result: { checks: { id: string; severity: string; next: string[]; value?: unknown }[] }
    }
  ).result
  const found = (id: string) => checks.find((check) => check.id === id)
  const severities = [
    'clinic.port',
    'clinic.strangers',
    'clinic.password',
    'clinic.account',
    'clinic.applications',
    'clinic.shelf',
    'configuration.environment',
  ].map((id) => `${found(id)?.severity ?? 'missing'} ${id}`)
  expect(severities).toEqual([
    'warn clinic.port',
    'ok clinic.strangers',
    'fail clinic.password',
    'warn clinic.account',
    'warn clinic.applications',
    'warn clinic.shelf',
    'warn configuration.environment',
  ])
  expect(found('clinic.applications')?.value).toEqual(['intake'])
  for (const { severity, next } of checks) if (severity !== 'ok') expect(next).not.toEqual([])
})
