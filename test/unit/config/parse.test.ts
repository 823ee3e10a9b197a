import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Secret } from '../../../src/domain/secret.js'
import { failure, minimal, parse, withTarget } from './reading.js'

const full = readFileSync(new URL('../../fixtures/config/full.yaml', import.meta.url), 'utf8')

describe('a configuration', () => {
  it('becomes a Config with every path absolute and every duration in seconds', () => {
    const { config, warnings } = parse(full, { CLOUD_PASSWORD: 'pa:ss' })
    expect(warnings).toEqual([])
    expect(config).toMatchObject({
      version: 1,
      name: 'healthcare',
      timeZone: 'Europe/Berlin',
      file: '/srv/app/ops.yaml',
      directory: '/srv/app',
      stack: {
        composeFiles: ['/srv/app/docker-compose.yml', '/srv/override.yml'],
        project: 'healthcare',
        job: 'migration_app',
        directory: '/srv/app',
      },
      backup: {
        shelf: '/srv/app/backups',
        retention: {
          keepWithinSeconds: 259_200,
          last: 1,
          hourly: 2,
          daily: 3,
          weekly: 4,
          monthly: 5,
          yearly: 6,
          minGood: 7,
        },
        trashSeconds: 172_800,
        compression: { level: 6, workers: 3, blockBytes: 1_048_576 },
      },
      pitr: { enabled: true, everySeconds: 60 },
      objectives: { rtoSeconds: 1_800, rpoSeconds: 300, backupAgeSeconds: 93_600 },
    })
  })

  it('describes its targets: where they run, how to sign in, what writes to them', () => {
    const { config } = parse(full, { CLOUD_PASSWORD: 'pa:ss' })
    const { medical, archive, cloud } = config.targets
    expect(medical).toEqual({
      name: 'medical',
      place: { kind: 'service', service: 'mongodb' },
      databases: ['medical_records'],
      credentials: {
        username: { from: 'compose', service: 'mongodb', variable: 'MONGO_INITDB_ROOT_USERNAME' },
        password: { from: 'file', path: '/srv/app/secrets/password' },
        authSource: 'admin',
      },
      tls: {
        ca: '/srv/app/tls/ca.pem',
        certificate: '/srv/client.pem',
        name: 'mongodb',
      },
      writers: [
        { service: 'migration_app', kind: 'job' },
        { service: 'mongo_express', kind: 'service' },
      ],
      expectations: {
        'medical_records.healthcare_data': {
          documents: { min: 54_966, max: 60_000 },
          indexes: ['patient_info.name', 'a:-1,b'],
          required: ['patient_info.name', 'billing.billing_amount'],
          types: { 'patient_info.age': ['int', 'long'] },
          unique: ['patient_info.name'],
        },
      },
      engine: 'exec',
      pointInTime: true,
    })
    expect(archive?.credentials?.password).toEqual({
      from: 'command',
      command: ['/srv/app/bin/password', '--for', 'old_mongo'],
    })
    expect(archive?.credentials?.authSource).toBe('admin')
    const uri = cloud?.place.kind === 'server' ? cloud.place.uri : undefined
    expect(uri?.from === 'value' ? uri.value.reveal() : undefined).toBe(
      'mongodb+srv://ops:pa:ss@cloud.example/',
    )
  })

  it('gets safe defaults for what it leaves out', () => {
    const { config } = parse(minimal())
    expect(config.backup).toEqual({
      shelf: '/var/backups/ops',
      keepImages: false,
      trashSeconds: 604_800,
      compression: { level: 3, dataFilesLevel: 0, workers: 2, blockBytes: 4_194_304 },
      encryption: { recipients: [], identities: [] },
      copies: [],
    })
    expect(config.pitr).toEqual({ enabled: false, everySeconds: 60 })
    expect(config.objectives).toEqual({
      rtoSeconds: 3_600,
      rpoSeconds: 300,
      backupAgeSeconds: 93_600,
    })
    expect(config.targets['medical']).toMatchObject({
      databases: [],
      writers: [],
      expectations: {},
      engine: 'auto',
      pointInTime: false,
    })
    expect(config.stack).toBeUndefined()
    expect(config.targets['medical']?.credentials).toBeUndefined()
  })

  it('keeps the other defaults of retention where it names only some', () => {
    const { config } = parse(minimal('backup: {retention: {daily: 30}}'))
    expect(config.backup.retention).toEqual({
      keepWithinSeconds: 604_800,
      last: 0,
      hourly: 0,
      daily: 30,
      weekly: 4,
      monthly: 12,
      yearly: 0,
      minGood: 3,
    })
  })

  it('counts days in the time zone of the machine where none is named, and refuses one that is none', () => {
    expect(parse(minimal()).config.timeZone).toBe(
      new Intl.DateTimeFormat().resolvedOptions().timeZone,
    )
    expect(parse(minimal('timeZone: Asia/Tokyo')).config.timeZone).toBe('Asia/Tokyo')
    expect(failure(() => parse(minimal('timeZone: Asia/Tokio'))).message).toContain(
      'is not a time zone such as Europe/Berlin or UTC',
    )
  })

  it('starts a path with ~ from the home folder', () => {
    expect(parse(minimal('backup: {shelf: ~/backups}')).config.backup.shelf).toBe('/root/backups')
  })

  it('has no targets but its own: a name that every object inherits finds nothing', () => {
    expect(parse(minimal()).config.targets['constructor']).toBeUndefined()
  })

  it('accepts a database whose name has accents and dashes inside', () => {
    const { config } = parse(withTarget('{service: db, databases: [santé-2024]}'))
    expect(config.targets['medical']?.databases).toEqual(['santé-2024'])
  })

  it('finds a secret command on the PATH where it is a bare name', () => {
    const { config } = parse(
      withTarget(
        '{service: db, credentials: {username: u, password: {command: [pass, show, db]}}}',
      ),
    )
    expect(config.targets['medical']?.credentials?.password).toEqual({
      from: 'command',
      command: ['pass', 'show', 'db'],
    })
  })

  it('follows anchors and aliases', () => {
    const { config } = parse(
      'version: 1\nname: x\ntargets:\n  one: &one {container: a, engine: host}\n  two: *one\n',
    )
    expect(config.targets['two']).toMatchObject({ name: 'two', engine: 'host' })
  })
})

describe('a password in plain text', () => {
  const plain = withTarget('{service: db, credentials: {username: root, password: hunter2}}')

  it('is accepted with a warning that names the line but not the password', () => {
    const { warnings, plainPasswords } = parse(plain)
    expect(plainPasswords).toEqual(['targets.medical.credentials.password'])
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toMatch(
      /^ops\.yaml:5: targets\.medical\.credentials\.password is a password/,
    )
    expect(warnings[0]).not.toContain('hunter2')
  })

  it('is recognised in a connection string and as the default of a variable', () => {
    const uri = 'version: 1\nname: x\ntargets: {a: {uri: "mongodb://u:hunter2@host/"}}\n'
    expect(parse(uri).plainPasswords).toEqual(['targets.a.uri'])
    const fallback = withTarget(
      '{service: db, credentials: {username: u, password: "${P:-hunter2}"}}',
    )
    expect(parse(fallback).plainPasswords).toHaveLength(1)
  })

  it('is none where the environment holds it, alone or inside a connection string', () => {
    const env = { P: 'hunter2' }
    const password = withTarget('{service: db, credentials: {username: u, password: "${P}"}}')
    expect(parse(password, env).warnings).toEqual([])
    const uri = 'version: 1\nname: x\ntargets: {a: {uri: "mongodb://u:${P}@host/db"}}\n'
    expect(parse(uri, env).warnings).toEqual([])
    expect(parse(uri.replace('u:${P}@', ''), env).warnings).toEqual([])
  })

  it('never shows when the configuration is printed', () => {
    const { config } = parse(plain)
    expect(JSON.stringify(config)).not.toContain('hunter2')
    expect(config.targets['medical']?.credentials?.password).toEqual({
      from: 'value',
      value: expect.any(Secret) as Secret,
    })
  })

  it('never shows in what is said about other mistakes on its line', () => {
    const broken = [
      'version: 1\nname: x\ntargets: {a: {container: c, credentials: {username: u, password: "hunter2" hunter2}}}\n',
      'version: 1\nname: x\ntargets: {a: {container: c, credentials: {username: u, password: {hunter2: hunter2, file: 3}}}}\n',
      'version: 1\nname: x\ntargets: {a: {uri: "http://u:hunter2@host"}}\n',
      'version: 1\nname: x\ntargets: {a: {container: c, credentials: {username: u, password: "\\hunter2"}}}\n',
    ]
    for (const [index, text] of broken.entries()) {
      const said = failure(() => parse(text))
      // An unknown key is named: it is a key, whatever somebody put there.
      if (index !== 1) expect(said.message + JSON.stringify(said.facts)).not.toContain('hunter2')
      expect(said.code).toBe('CONFIG_INVALID')
    }
  })
})
