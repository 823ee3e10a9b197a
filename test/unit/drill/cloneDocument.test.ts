import { expect, test } from 'vitest'
import { cloneDocument, mountsLeftOut } from '../../../src/domain/cloneDocument.js'
import type { ComposeDocument } from '../../../src/domain/composeDocument.js'

const labels = { 'ops.purpose': 'drill' }

const document: ComposeDocument = {
  name: 'ward',
  services: {
    mongodb: {
      image: 'mongo:6',
      container_name: 'ward_mongodb',
      hostname: 'mongodb',
      command: ['mongod', '--dbpath=/srv/data', '--replSet', 'rs0'],
      environment: { WORD: 'a$$b' },
      depends_on: { keys: { condition: 'service_completed_successfully' } },
      networks: { inner: { aliases: ['db'], ...{ ipv4_address: '10.1.2.3' } } },
      restart: 'always',
      ports: [{ target: 27017, published: '27017' }],
      labels: { 'traefik.enable': 'true' },
      logging: { driver: 'gelf' },
      privileged: true,
      devices: ['/dev/sda'],
      volumes: [
        { type: 'bind', source: '/srv/mongo', target: '/srv/data' },
        { type: 'bind', source: '/srv/mongod.conf', target: '/etc/mongod.conf' },
        { type: 'bind', source: '/var/run/docker.sock', target: '/var/run/docker.sock' },
        { type: 'volume', source: 'logs', target: '/var/log' },
        { type: 'volume', source: 'certs', target: '/certs', read_only: true },
      ],
      secrets: [{ source: 'key' }],
      deploy: { resources: { limits: { memory: '1073741824' } }, ...{ replicas: 3 } },
    },
    keys: { build: '.', network_mode: 'none' },
    loader: { image: 'loader', depends_on: { mongodb: {} } },
    api: { image: 'api', depends_on: { mongodb: {}, loader: {} }, network_mode: 'host' },
  },
  volumes: { logs: { name: 'ward_logs' }, certs: { name: 'real_certs' } },
  networks: { inner: { name: 'ward_inner', ipam: { config: [{ subnet: '10.1.2.0/24' }] } } },
  secrets: { key: { file: '/srv/key' }, other: { file: '/srv/other' } },
}

const clone = (...services: string[]) =>
  cloneDocument(document, {
    project: 'ops-drill-1',
    labels,
    services,
    without: new Set(['loader']),
  })

test('a clone has a project, networks and volumes of its own, and nothing that leads out of it', () => {
  const { name, services, networks, volumes } = clone('mongodb')
  expect(name).toBe('ops-drill-1')
  expect(Object.keys(services)).toEqual(['mongodb', 'keys'])
  expect(networks).toEqual({ inner: { internal: true, labels } })
  expect(volumes).toEqual({
    'ops-mongodb-0': { labels },
    logs: { labels },
    certs: { external: true, name: 'real_certs' },
  })
  for (const left of ['container_name', 'ports', 'privileged', 'devices'])
    expect(services['mongodb']).not.toHaveProperty(left)
  expect(services['mongodb']).toMatchObject({
    labels,
    restart: 'no',
    pull_policy: 'never',
    logging: { driver: 'json-file' },
    networks: { inner: { aliases: ['db'] } },
    environment: { WORD: 'a$$b' },
    hostname: 'mongodb',
  })
  expect(services['mongodb']?.networks).toEqual({ inner: { aliases: ['db'] } })
  expect(services['mongodb']?.deploy).toEqual({ resources: { limits: { memory: '1073741824' } } })
})

test('nothing of the machine is written to: data folders become volumes, the rest is read-only, sockets are left out', () => {
  expect(clone('mongodb').services['mongodb']?.volumes).toEqual([
    { type: 'volume', source: 'ops-mongodb-0', target: '/srv/data' },
    { type: 'bind', source: '/srv/mongod.conf', target: '/etc/mongod.conf', read_only: true },
    { type: 'volume', source: 'logs', target: '/var/log' },
    { type: 'volume', source: 'certs', target: '/certs', read_only: true },
  ])
})

test('a volume that any service writes to is never shared', () => {
  const shared = {
    ...document,
    services: {
      ...document.services,
      renewal: { volumes: [{ type: 'volume', source: 'certs', target: '/certs' }] },
    },
  }
  const wish = { project: 'p', labels, services: ['mongodb'], without: new Set<string>() }
  expect(cloneDocument(shared, wish).volumes).toMatchObject({ certs: { labels } })
})

test('jobs are in no clone, and whoever waits for one waits no more', () => {
  const { services } = clone('mongodb', 'loader', 'api')
  expect(Object.keys(services)).toEqual(['mongodb', 'keys', 'api'])
  expect(services['api']?.depends_on).toEqual({ mongodb: {} })
})

test('the network of the machine becomes one of the clone, and none stays none', () => {
  const { services } = clone('api')
  expect(services['api']).toMatchObject({ networks: { default: null } })
  expect(services['api']).not.toHaveProperty('network_mode')
  expect(services['keys']).toMatchObject({ network_mode: 'none' })
})

test('an image that was built for the real project is used under its name', () => {
  const { services } = clone('mongodb')
  expect(services['keys']).toMatchObject({ image: 'ward-keys' })
  expect(services['keys']).not.toHaveProperty('build')
})

test('only secrets that are used come along', () => {
  expect(clone('mongodb').secrets).toEqual({ key: { file: '/srv/key' } })
  expect(clone('api').secrets).toEqual({ key: { file: '/srv/key' } })
  expect(clone('keys')).not.toHaveProperty('secrets')
})

/** A watcher of containers beside the database, with this mounted. */
const watcher = (source: string, more: object = {}) => ({
  document: {
    ...document,
    services: {
      ...document.services,
      watcher: { image: 'autoheal', volumes: [{ type: 'bind', source, target: '/host' }], ...more },
    },
  },
  wish: { project: 'p', labels, services: ['watcher'], without: new Set<string>() },
})

test.each([
  '/var/run/docker.sock',
  '/var/run',
  '/var/run/',
  '/run',
  '/run/user/1000',
  '/',
  '/var',
  '/srv/../run',
  '/tmp',
  '/proc',
  '/sys/fs/cgroup',
  '/dev/shm',
])(
  'a clone gets nothing that leads to the machine: %s is left out, and the plan names who goes without',
  (source) => {
    const { document: ward, wish } = watcher(source)
    expect(cloneDocument(ward, wish).services['watcher']).not.toHaveProperty('volumes')
    expect(mountsLeftOut(ward, wish)).toEqual([
      `watcher goes without ${source} in the clone: it could reach beyond it there`,
    ])
  },
)

test.each(['/srv/run', '/tmp/ward/stack', '/runs', '/etc/ssl'])(
  'other folders are mounted read-only: %s',
  (source) => {
    const { document: ward, wish } = watcher(source)
    expect(cloneDocument(ward, wish).services['watcher']?.volumes).toEqual([
      { type: 'bind', source, target: '/host', read_only: true },
    ])
    expect(mountsLeftOut(ward, wish)).toEqual([])
  },
)

test('a volume that is a folder of the machine is not shared, although nobody writes to it', () => {
  const mounted = [{ type: 'volume', source: 'sockets', target: '/host', read_only: true }]
  const { document: ward, wish } = watcher('/', { volumes: mounted })
  const driver_opts = { type: 'none', o: 'bind', device: '/var/run' }
  const volumes = { ...ward.volumes, sockets: { name: 'ward_sockets', driver_opts } }
  expect(cloneDocument({ ...ward, volumes }, wish).volumes).toEqual({ sockets: { labels } })
})

test('of the capabilities that a service adds, those stay that reach no further than its container', () => {
  const { document: ward, wish } = watcher('/srv', {
    cap_add: ['SYS_ADMIN', 'CAP_IPC_LOCK', 'NET_ADMIN', 'chown'],
  })
  expect(cloneDocument(ward, wish).services['watcher']?.cap_add).toEqual(['CAP_IPC_LOCK', 'chown'])
})
