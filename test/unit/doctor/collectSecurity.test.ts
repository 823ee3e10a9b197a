import { describe, expect, test } from 'vitest'
import { collect } from '../../../src/checks/doctor/collect.js'
import type { Evidence, TargetEvidence } from '../../../src/checks/doctor/evidence.js'
import type { Patient } from '../../../src/checks/doctor/patient.js'
import { Secret } from '../../../src/domain/secret.js'
import type { Target } from '../../../src/domain/target.js'
import type { ComposeService } from '../../../src/ports/compose.js'
import { wardKeys } from '../../fakes/keys.js'
import { container } from '../../fakes/stack.js'
import { medical } from '../../fakes/world.js'
import { scene, target } from './patient.js'
import { fakeMachine } from './scene.js'

const collected = (patient: Patient): Promise<Evidence> =>
  collect(patient, { clock: patient.clock, signal: new AbortController().signal })

async function seenOf(patient: Patient): Promise<TargetEvidence> {
  const [found] = (await collected(patient)).targets
  if (!found) throw new Error('the scene has a target')
  return found
}

async function withTarget(patient: Patient, changed: Target): Promise<Patient> {
  const configured = await patient.configuration()
  return { ...patient, configuration: () => Promise.resolve({ ...configured, targets: [changed] }) }
}

const service = (name: string, changes: Partial<ComposeService> = {}): ComposeService => ({
  name,
  environment: {},
  profiles: [],
  dependsOn: {},
  ports: [],
  volumes: [],
  healthcheck: false,
  ...changes,
})

describe('services that sign in as the administrator', () => {
  const database = service('mongodb', {
    environment: { MONGO_INITDB_ROOT_USERNAME: 'root@home', MONGO_INITDB_ROOT_PASSWORD: 'hidden!' },
  })
  const uri = (host: string, user = 'root%40home') => `mongodb://${user}:hidden!@${host}/?w=1`
  async function found(services: readonly ComposeService[], running: Record<string, string> = {}) {
    const { compose, patientWith, stack } = scene()
    stack.containers[0] = container('mongodb', {
      networks: { ward: ['mongodb', 'database'] },
      addresses: { ward: '172.18.0.2' },
    })
    for (const [name, value] of Object.entries(running))
      stack.containers.push(container(name, { environment: { URL: value } }))
    const all = Object.fromEntries([database, ...services].map((one) => [one.name, one]))
    const project = () => Promise.resolve({ name: 'healthcare', services: all, volumes: [] })
    const patient = patientWith({ compose: { ...compose, project } })
    const { applications } = await seenOf(patient)
    expect(JSON.stringify(applications)).not.toContain('hidden!')
    if (applications?.state !== 'seen') throw new Error(JSON.stringify(applications))
    return applications.facts.services
  }

  test('are found by the user of a connection string, as a driver reads it', async () => {
    expect(await found([service('api', { environment: { X: uri('mongodb:27017') } })])).toEqual([
      'api',
    ])
    const among = { CONFIG: `{"urls": ["mongodb://x/", "${uri('a,b')}"]}` }
    expect(await found([service('api', { environment: among })])).toEqual(['api'])
  })

  test('are none where another user signs in, nobody does, or another database is meant', async () => {
    const environment = {
      A: uri('mongodb', 'clerk'),
      B: 'mongodb://mongodb:27017/root@home',
      C: uri('other:27017'),
      USERNAME: 'root@home',
    }
    expect(await found([service('api', { environment }), service('other')])).toEqual([])
  })

  test.each<[string, Record<string, string>]>([
    ['a pair', { MONGO_USERNAME: 'root@home', MONGO_PASSWORD: 'hidden!' }],
    ['a pair and a host', { DB_USER: 'root@home', DB_PASS: 'other', DB_HOST: 'mongodb:27017' }],
    [
      'a pair and an address',
      { MONGO_USER: 'root@home', MONGO_PWD: 'x', MONGO_URL: 'mongodb://mongodb/' },
    ],
    [
      'mongo-express',
      {
        ME_CONFIG_MONGODB_ADMINUSERNAME: 'root@home',
        ME_CONFIG_MONGODB_ADMINPASSWORD: 'hidden!',
        ME_CONFIG_MONGODB_SERVER: 'healthcare_mongodb',
      },
    ],
    [
      'Spring',
      { SPRING_DATA_MONGODB_USERNAME: 'root@home', SPRING_DATA_MONGODB_PASSWORD: 'hidden!' },
    ],
    [
      'a password in a file',
      { MONGO_USERNAME: 'root@home', MONGO_PASSWORD_FILE: '/run/secrets/x' },
    ],
    [
      'no prefix, and the same password',
      { USERNAME: 'root@home', PASSWORD: 'hidden!', REDIS_HOST: 'api' },
    ],
    ['a name of the network', { X: uri('database') }],
    ['an address of the network', { X: uri('172.18.0.2:27017') }],
    ['this machine, with the same password', { X: uri('host.docker.internal:27017') }],
  ])(
    'are found by two variables, and by every name of the database: %s',
    async (_, environment) => {
      expect(await found([service('api', { environment })])).toEqual(['api'])
    },
  )

  test.each<[string, Record<string, string>]>([
    ['a user of that name elsewhere', { X: uri('db.example.org:27017') }],
    ['a cluster elsewhere', { X: uri('cluster.example.org').replace('mongodb:', 'mongodb+srv:') }],
    ['a name nobody knows, with another password', { X: 'mongodb://root%40home:other@db7/' }],
    ['this machine, with another password', { X: 'mongodb://root%40home:x@host.docker.internal/' }],
    ['a pair for another host', { DB_USER: 'root@home', DB_PASSWORD: 'hidden!', DB_HOST: 'other' }],
    ['a pair for another program', { POSTGRES_USER: 'root@home', POSTGRES_PASSWORD: 'x' }],
    ['a pair with another password', { MONGO_USERNAME: 'root@home', MONGO_PASSWORD: 'other' }],
    ['a user without a password', { MONGO_USERNAME: 'root@home' }],
  ])('are none: %s', async (_, environment) => {
    expect(await found([service('api', { environment }), service('other')])).toEqual([])
  })

  test('of a profile count once their containers run', async () => {
    const ui = service('ui', { profiles: ['ui'], environment: { X: uri('mongodb') } })
    expect(await found([ui])).toEqual([])
    expect(await found([ui], { ui: uri('mongodb') })).toEqual(['ui'])
  })
})

describe('keys beside the backups', () => {
  const placeOf = async (file: string, links: Record<string, string> = {}) => {
    const identities = wardKeys.identities.map((one) => ({ ...one, file }))
    const machine = fakeMachine({ real: (path) => Promise.resolve(links[path] ?? path) })
    const patient = scene().patientWith({ keys: { ...wardKeys, identities } }, machine)
    const { keyPlaces } = await seenOf(patient)
    return keyPlaces?.state === 'seen' ? keyPlaces.facts.map(({ of }) => of) : keyPlaces
  }

  test.each([
    ['/shelf/medical/key', ['the shelf']],
    ['/shelf/key', ['the shelf']],
    ['/mnt/usb/key', ['the place "usb"']],
    ['/shelf-of-keys/key', []],
    ['/root/key', []],
  ])('%s: %j', async (file, places) => {
    expect(await placeOf(file)).toEqual(places)
  })

  test('are found behind a link too', async () => {
    expect(await placeOf('/etc/key', { '/etc/key': '/shelf/key' })).toEqual(['the shelf'])
    expect(await placeOf('/data/key', { '/shelf': '/data' })).toEqual(['the shelf'])
  })
})

describe('a server outside Docker', () => {
  const at = async (text: string, more: Pick<Target, 'credentials'> = {}) => {
    const uri = { from: 'value' as const, value: new Secret(text) }
    const changed: Target = { ...medical, place: { kind: 'server', uri }, ...more }
    const { patientWith, stack } = scene()
    stack.containers.push(container('other', { addresses: { bridge: '172.17.0.9' } }))
    return seenOf(await withTarget(patientWith(), changed))
  }

  test.each([
    ['mongodb://127.0.0.1:27017,[::1]:27018/', [], false],
    ['mongodb://%2Ftmp%2Fmongodb-27017.sock/', [], false],
    ['mongodb://db01:27017,localhost/?TLS=true', ['db01'], true],
    ['mongodb+srv://cluster.example/', ['cluster.example'], true],
    ['mongodb+srv://cluster.example/?ssl=false', ['cluster.example'], false],
    ['mongodb://172.17.0.9/', [], false],
  ])('%s leaves for %j, encrypted: %s', async (text, elsewhere, encrypted) => {
    const { wire } = await at(text)
    expect(wire).toMatchObject({ state: 'seen', facts: { elsewhere, encrypted } })
  })

  test('signs in with the password of its connection string where there is no other', async () => {
    const uri = 'mongodb://me:changeme@db01/'
    expect((await at(uri)).password).toEqual({ state: 'seen', facts: 'common' })
    const { credentials } = target
    if (!credentials) throw new Error('the target of the scene signs in')
    expect((await at(uri, { credentials })).password).toEqual({ state: 'seen', facts: 'fair' })
    expect((await at('mongodb://db01/')).password).toEqual({ state: 'seen', facts: 'none' })
  })
})

describe("a container on its machine's own network", () => {
  test.each([
    [['mongod'], ['']],
    [['mongod', '--bind_ip_all', '--port', '27018'], ['']],
    [
      ['mongod', '--bind_ip', '127.0.0.1,10.0.0.7'],
      ['127.0.0.1', '10.0.0.7'],
    ],
    [['sh', '-c', 'exec mongod --bind_ip=localhost'], ['localhost']],
    [['mongod', '--bind_ip', '*'], ['']],
  ])('%j listens on %j', async (command, hosts) => {
    const { patientWith, stack } = scene()
    stack.containers[0] = container('mongodb', { hostNetwork: true, command })
    const { container: found } = await seenOf(patientWith())
    if (found?.state !== 'seen') throw new Error(JSON.stringify(found))
    expect(found.facts.listensOn?.map(({ host }) => host)).toEqual(hosts)
  })
})
