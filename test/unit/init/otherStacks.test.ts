import { describe, expect, it } from 'vitest'
import { canary, facts, service, written } from './scene.js'

const root = { MONGO_INITDB_ROOT_USERNAME: 'root', MONGO_INITDB_ROOT_PASSWORD: canary }
const compose = (name: string, variable: string) => ({ from: 'compose', service: name, variable })

describe('init with two servers', () => {
  const { config } = written(
    facts([
      service('orders-db', {
        image: 'mongo:7.0',
        command: ['--replSet', 'rs0'],
        environment: root,
      }),
      service('users.db', {
        image: 'registry.local:5000/base/mongo@sha256:abc',
        environment: root,
      }),
      service('api', {
        image: 'api',
        restart: 'always',
        environment: { A: 'mongodb://orders-db,users.db/x' },
      }),
      service('orders-seed', { image: 'seed', environment: { DB_HOST: 'orders-db:27017' } }),
    ]),
  )

  it('makes two targets, named after the services, and gives each its writers', () => {
    expect(config.targets['orders-db']).toMatchObject({
      place: { service: 'orders-db' },
      credentials: { password: compose('orders-db', 'MONGO_INITDB_ROOT_PASSWORD') },
      writers: [
        { service: 'api', kind: 'service' },
        { service: 'orders-seed', kind: 'job' },
      ],
    })
    expect(config.targets['users-db']).toMatchObject({
      place: { service: 'users.db' },
      credentials: { password: compose('users.db', 'MONGO_INITDB_ROOT_PASSWORD') },
      writers: [{ service: 'api', kind: 'service' }],
    })
  })

  it('leaves point-in-time recovery off as long as one of them has no oplog', () => {
    expect(config.pitr.enabled).toBe(false)
  })
})

describe('init with a server that Bitnami packed', () => {
  it('signs in as root where no other name is set', () => {
    const environment = { MONGODB_ROOT_PASSWORD: canary, MONGODB_REPLICA_SET_MODE: 'primary' }
    const { config } = written(
      facts([service('db', { image: 'bitnami/mongodb:7.0', environment })]),
    )
    const credentials = config.targets['db']?.credentials
    expect(credentials?.password).toEqual(compose('db', 'MONGODB_ROOT_PASSWORD'))
    expect(credentials?.username.from === 'value' && credentials.username.value.reveal()).toBe(
      'root',
    )
    expect(config.pitr.enabled).toBe(true)
  })

  it('takes primary, secondary and arbiter for one target: the primary', () => {
    const member = (name: string, mode: string) =>
      service(name, {
        image: 'bitnami/mongodb',
        environment: { MONGODB_REPLICA_SET_MODE: mode, MONGODB_ROOT_PASSWORD: canary },
      })
    const { config, text } = written(
      facts([
        member('mongodb-arbiter', 'arbiter'),
        member('mongodb-primary', 'primary'),
        member('mongodb-secondary', 'secondary'),
        service('app', { image: 'app', dependsOn: { 'mongodb-secondary': 'service_started' } }),
      ]),
    )
    expect(Object.keys(config.targets)).toEqual(['mongodb-primary'])
    expect(config.targets['mongodb-primary']?.writers).toEqual([
      { service: 'app', kind: 'service' },
    ])
    expect(text).toContain('one replica set together with mongodb-arbiter, mongodb-secondary')
  })
})

describe('init with a replica set of three', () => {
  const member = (name: string) =>
    service(name, { image: 'mongo:7', command: ['mongod', '--replSet', 'rs0'] })

  it('makes one target of services that differ by a number, and leaves out what sets them up', () => {
    const { config } = written(
      facts([
        member('mongo1'),
        member('mongo2'),
        member('mongo3'),
        service('mongo-init', {
          image: 'mongo:7',
          command: ['mongosh', '--host', 'mongo1', '--eval', 'rs.initiate()'],
          dependsOn: { mongo1: 'service_healthy' },
        }),
      ]),
    )
    expect(Object.keys(config.targets)).toEqual(['mongo1'])
    expect(config.targets['mongo1']?.writers).toEqual([{ service: 'mongo-init', kind: 'job' }])
  })

  it('makes two targets of servers that only share the name of their set', () => {
    const { config } = written(facts([member('orders'), member('patients')]))
    expect(Object.keys(config.targets)).toEqual(['orders', 'patients'])
  })
})

describe('init with passwords in files', () => {
  const environment = {
    MONGO_INITDB_ROOT_USERNAME_FILE: '/run/secrets/user',
    MONGO_INITDB_ROOT_PASSWORD_FILE: '/run/secrets/mongo_password',
  }
  const secrets = { u: { file: '/srv/shop/secrets/user' }, mongo_password: { file: '/etc/pw' } }

  it('refers to the files of this machine where the project names them', () => {
    const db = service('db', {
      image: 'mongo',
      environment,
      secrets: [{ name: 'u', destination: 'user' }, { name: 'mongo_password' }],
    })
    const { config, text } = written(facts([db], { secrets }))
    expect(config.targets['db']?.credentials).toMatchObject({
      username: { from: 'file', path: '/srv/shop/secrets/user' },
      password: { from: 'file', path: '/etc/pw' },
    })
    expect(text).toContain('readable by its owner only (chmod 600)')
  })

  it('refers to the files where they are mounted, alone or with their folder', () => {
    const mounts = [{ type: 'bind', source: '/srv/my secrets', destination: '/run/secrets' }]
    const { config } = written(facts([service('db', { image: 'mongo', environment, mounts })]))
    expect(config.targets['db']?.credentials?.password).toEqual({
      from: 'file',
      path: '/srv/my secrets/mongo_password',
    })
  })

  it('refers to the variable of the environment that a secret is made from', () => {
    const db = service('db', {
      image: 'mongo',
      environment: { MONGO_INITDB_ROOT_PASSWORD_FILE: '/run/secrets/p', ...nameOnly },
      secrets: [{ name: 'p' }],
    })
    const given = facts([db], {
      secrets: { p: { environment: 'DB_PASSWORD' } },
      environmentNames: ['DB_PASSWORD'],
    })
    const { config } = written(given, { DB_PASSWORD: 'from the environment' })
    const password = config.targets['db']?.credentials?.password
    expect(password?.from === 'value' && password.value.reveal()).toBe('from the environment')
  })

  it('leaves the credentials out and says what to fill in where the file is not known', () => {
    const { config, text } = written(facts([service('db', { image: 'mongo', environment })]))
    expect(config.targets['db']?.credentials).toBeUndefined()
    expect(text).toContain('PASSWORD_FILE is /run/secrets/mongo_password inside the container')
  })
})

const nameOnly = { MONGO_INITDB_ROOT_USERNAME: 'root' }

describe('init with a server that asks for no password', () => {
  it('leaves the credentials out, says so, and says that no port is published', () => {
    const { config, text } = written(facts([service('cache', { image: 'mongo:6' })]))
    expect(config.targets['cache']?.credentials).toBeUndefined()
    expect(text).toContain('so ops signs in without one')
    expect(text).toContain('No port is published: ops works inside its container.')
  })

  it('does not take an empty password for one', () => {
    const environment = { MONGO_INITDB_ROOT_USERNAME: '', MONGO_INITDB_ROOT_PASSWORD: '' }
    const { config } = written(facts([service('db', { image: 'mongo', environment })]))
    expect(config.targets['db']?.credentials).toBeUndefined()
  })

  it('says that one is missing where the server is started with --auth', () => {
    const db = service('db', { image: 'mongo', command: ['mongod', '--auth'] })
    expect(written(facts([db])).text).toContain('started with --auth or --keyFile')
  })
})

describe('init with an image it does not know', () => {
  const db = service('store', {
    image: 'registry.local/team/store:3',
    environment: root,
    ports: [{ container: 27017 }],
  })

  it('recognises the server by its variables and its port', () => {
    const { config, text } = written(facts([db]))
    expect(config.targets['store']?.credentials?.password).toEqual(
      compose('store', 'MONGO_INITDB_ROOT_PASSWORD'),
    )
    expect(text).toContain('MONGO_INITDB_ROOT_USERNAME in its environment, its port 27017')
  })

  it('does not take a program for a server because it shares the env_file', () => {
    const app = service('app', { image: 'app', environment: root, dependsOn: { store: 'x' } })
    expect(Object.keys(written(facts([db, app])).config.targets)).toEqual(['store'])
    const bareDb = { ...db, ports: [] }
    expect(Object.keys(written(facts([bareDb, app])).config.targets)).toEqual(['store'])
  })

  it('recognises it by the data folder, by mongod in a shell, or by the port alone', () => {
    const odd = [
      service('a', { mounts: [{ type: 'bind', source: '/d', destination: '/data/db' }] }),
      service('b', { image: 'x', command: ['sh', '-c', 'exec mongod --bind_ip_all'] }),
    ]
    expect(Object.keys(written(facts(odd)).config.targets)).toEqual(['a', 'b'])
    const port = service('c', { image: 'x', ports: [{ container: 27017 }] })
    expect(Object.keys(written(facts([port])).config.targets)).toEqual(['c'])
  })
})

describe('init with what is around a server', () => {
  it('takes no user interface, exporter or tool for a server, and no exporter for a writer', () => {
    const after = { dependsOn: { db: 'service_started' } }
    const { config } = written(
      facts([
        service('db', { image: 'percona/percona-server-mongodb:7.0' }),
        service('ui', { image: 'mongo-express', ...after }),
        service('metrics', { image: 'percona/mongodb_exporter:0.40', ...after }),
        service('dump', {
          image: 'mongo:7',
          command: ['mongodump', '--host', 'db'],
          ...after,
          restart: 'no',
        }),
        service('retrying', { image: 'x', restart: 'on-failure:5', ...after }),
        service('prepare', { image: 'x', ...after }),
        service('web', { image: 'x', dependsOn: { prepare: 'service_completed_successfully' } }),
        service('report', { image: 'x', profiles: ['manual'], ...after }),
      ]),
    )
    expect(Object.keys(config.targets)).toEqual(['db'])
    expect(config.targets['db']?.writers).toEqual([
      { service: 'ui', kind: 'service' },
      { service: 'dump', kind: 'job' },
      { service: 'retrying', kind: 'service' },
      { service: 'prepare', kind: 'job' },
      { service: 'report', kind: 'job' },
    ])
    expect(config.stack?.job).toBeUndefined()
  })

  it('leaves out a sharded cluster and says so', () => {
    const { config, draft } = written(
      facts([
        service('router', { image: 'mongo', command: ['mongos', '--configdb', 'c/cfg'] }),
        service('cfg', { image: 'mongo', command: ['mongod', '--configsvr', '--replSet', 'c'] }),
        service('plain', { image: 'mongo' }),
      ]),
    )
    expect(Object.keys(config.targets)).toEqual(['plain'])
    expect(draft.notes.filter((note) => note.includes('sharded'))).toHaveLength(2)
  })

  it('keeps compose files elsewhere by their absolute path, and odd names in quotes', () => {
    const given = facts([service('123', { image: 'mongo' }), service('true', { image: 'mongo' })])
    const { config } = written({ ...given, folder: '/etc/ops' })
    expect(config.stack?.composeFiles).toEqual(['/srv/shop/compose.yml'])
    expect(Object.values(config.targets).map(({ place }) => place)).toEqual([
      { kind: 'service', service: '123' },
      { kind: 'service', service: 'true' },
    ])
  })

  it('names no two targets alike', () => {
    const { config } = written(
      facts([service('my.db', { image: 'mongo' }), service('my-db', { image: 'mongo' })]),
    )
    expect(Object.keys(config.targets)).toEqual(['my-db', 'my-db-2'])
  })

  it('lets nothing of an image name or a path break out of its comment', () => {
    const evil = service('db', { image: 'x/mongo:1\nversion: 9' })
    expect(written(facts([evil])).config.version).toBe(1)
  })
})
