import { describe, expect, it } from 'vitest'
import { canary, container, facts, service, written } from './scene.js'

const root = { MONGO_INITDB_ROOT_USERNAME: 'root', MONGO_INITDB_ROOT_PASSWORD: canary }
const waits = { mongodb: 'service_healthy' }

/** The healthcare stack: the loader runs from the server's own image. */
const healthcare = [
  service('mongodb', {
    image: 'ops-mongo:6.0',
    containerName: 'healthcare_mongodb',
    entrypoint: ['bash', '/stack/start.sh'],
    command: ['mongod', '--replSet=rs0', '--keyFile=/data/configdb/replica.key', '--bind_ip_all'],
    restart: 'unless-stopped',
    environment: { ...root, MONGO_INITDB_DATABASE: 'medical_records' },
    ports: [{ container: 27017, published: '27017', host: '127.0.0.1' }],
    volumes: ['mongo_data'],
    mounts: [{ type: 'volume', source: 'mongo_data', destination: '/data/db' }],
  }),
  service('migration_app', {
    image: 'ops-mongo:6.0',
    containerName: 'healthcare_migration',
    entrypoint: ['bash', '/app/run.sh'],
    command: [],
    restart: 'no',
    dependsOn: waits,
    environment: { MONGO_URI: 'mongodb://mongodb:27017/?replicaSet=rs0', MONGO_PASSWORD: canary },
  }),
  service('mongo_express', {
    image: 'mongo-express:1.0',
    restart: 'unless-stopped',
    profiles: ['ui'],
    dependsOn: waits,
    environment: { ME_CONFIG_MONGODB_URL: `mongodb://root:${canary}@mongodb:27017/` },
  }),
]

describe('init on the healthcare stack', () => {
  const { config, text, draft } = written(facts(healthcare))

  it('finds the one server, signs in by reference, and knows what writes to it', () => {
    expect(Object.keys(config.targets)).toEqual(['mongodb'])
    expect(config.targets['mongodb']).toMatchObject({
      place: { kind: 'service', service: 'mongodb' },
      databases: [],
      credentials: {
        username: { from: 'compose', service: 'mongodb', variable: 'MONGO_INITDB_ROOT_USERNAME' },
        password: { from: 'compose', service: 'mongodb', variable: 'MONGO_INITDB_ROOT_PASSWORD' },
        authSource: 'admin',
      },
      writers: [
        { service: 'migration_app', kind: 'job' },
        { service: 'mongo_express', kind: 'service' },
      ],
    })
  })

  it('takes the loader for the job of the stack', () => {
    expect(config.stack).toEqual({
      composeFiles: ['/srv/shop/compose.yml'],
      project: 'shop',
      job: 'migration_app',
      directory: '/srv/shop',
    })
  })

  it('turns on point-in-time recovery, because the server is a replica set', () => {
    expect(config.pitr).toEqual({ enabled: true, everySeconds: 60 })
    expect(text).toContain('# On: found the replica set rs0.')
  })

  it('mentions how it was found, and the database it was set up with', () => {
    expect(text).toContain('its command mongod')
    expect(text).toContain('The container was set up with medical_records.')
    expect(draft.notes[0]).toContain('mongodb: Found by its image ops-mongo:6.0')
  })

  it('knows the loader also where only its restart rule and what it waits for tell it apart', () => {
    const vague = healthcare.map((one) =>
      service(one.name, {
        environment: one.environment,
        dependsOn: one.dependsOn,
        ...(one.image === undefined ? {} : { image: one.image }),
        ...(one.restart === undefined ? {} : { restart: one.restart }),
      }),
    )
    expect(Object.keys(written(facts(vague)).config.targets)).toEqual(['mongodb'])
  })

  it('lists the databases where the running server could be asked', () => {
    const servers = { mongodb: { databases: ['medical_records', 'audit'], replicaSet: 'rs0' } }
    const seen = written(facts(healthcare, { servers }))
    expect(seen.config.targets['mongodb']?.databases).toEqual(['medical_records', 'audit'])
    expect(seen.text).toContain('A database that is made later must be added')
  })

  it('believes the running server rather than the command about being a replica set', () => {
    const servers = { mongodb: { databases: ['a'] } }
    expect(written(facts(healthcare, { servers })).config.pitr.enabled).toBe(false)
  })

  it('takes a container that has ended by itself for a job', () => {
    const app = service('worker', { image: 'app', dependsOn: waits })
    const ended = container('shop-worker-1', {
      project: 'shop',
      service: 'worker',
      state: 'exited',
    })
    const kinds = (containers: readonly ReturnType<typeof container>[]) =>
      written(facts([...healthcare, app], { containers })).config.targets['mongodb']?.writers.at(-1)
    expect(kinds([ended])).toEqual({ service: 'worker', kind: 'job' })
    expect(kinds([{ ...ended, state: 'running' }])).toEqual({ service: 'worker', kind: 'service' })
  })

  it('writes the whole file like this', () => {
    expect(text).toMatchInlineSnapshot(`
      "# Written by ops init; yours to change. "ops config check" says what is wrong with it and where, "ops config show" where
      # each value comes from. An unknown key is an error. Secrets are referred to and never stand here: \${NAME} is the
      # environment, {file: …} a file of mode 0600, {command: […]} what a program prints, {compose: SERVICE.VARIABLE} what
      # the compose file sets.
      version: 1
      name: shop

      # The compose project around the servers. job: the service that runs the pipeline once and ends (ops pipeline run).
      stack:
        compose: [compose.yml]
        project: shop
        job: migration_app

      # The database servers that ops looks after, by the names you type.
      targets:
        mongodb:
          # Found by its image ops-mongo:6.0, its command mongod, what it mounts at /data/db, MONGO_INITDB_ROOT_USERNAME in its environment, its port 27017.
          service: mongodb
          # Empty: every database of the server (admin, config and local are its own). The container was set up with medical_records.
          databases: []
          credentials:
            username: {compose: mongodb.MONGO_INITDB_ROOT_USERNAME}
            password: {compose: mongodb.MONGO_INITDB_ROOT_PASSWORD}
            authSource: admin
          # What writes to it: stopped before a restore. A service is started again afterwards; a job never is, because a
          # loader that runs again would overwrite what was just restored.
          writers:
            - {service: migration_app, kind: job} # waits for mongodb; restart: "no", so it runs once
            - {service: mongo_express, kind: service} # waits for mongodb; a user interface: people change data through it
          # auto: the tools in the server's container where they are, else those of this machine.
          engine: auto

      backup:
        # Where backups lie, best on another disk than the data. Never inside the repository: they hold the data in clear.
        shelf: /var/backups/ops
        # level 1 is the fastest, 9 the smallest. workers: threads that compress; not more than there are cores.
        compression: {level: 3, workers: 2}

      # Dumps of the whole instance with its oplog, which only a replica set has: every collection as it was at one moment.
      # On: found the replica set rs0.
      pitr: {enabled: true}

      # How old the newest good backup may be: a daily one, and two hours for it to run late.
      objectives: {backupAge: 26h}

      # Checks beside the built-in ones. This version has none but those.
      checks: []
      "
    `)
  })
})
