import { describe, expect, test } from 'vitest'
import { Failure } from '../../../../src/domain/failure.js'
import type { Receipt } from '../../../../src/domain/receipt.js'
import type { ComposeProject, ComposeService } from '../../../../src/ports/compose.js'
import { systemScreen } from '../../../../src/report/systemRecovery.js'
import { service } from '../../../fakes/project.js'
import { container } from '../../../fakes/stack.js'
import { bareHost, hospital, project } from './scene.js'

/** The project with a server that mounts this. */
const mounting = (
  mount: NonNullable<ComposeService['mounts']>[number],
  command?: readonly string[],
): Partial<ComposeProject> => ({
  services: {
    ...project.services,
    mongodb: service('mongodb', { mounts: [mount], ...(command ? { command } : {}) }),
  },
})

describe('rebuilding a system', () => {
  test('writes files, starts the server alone, restores, and then starts the others in their order, no job', async () => {
    const { place, ids, good } = await hospital()
    const host = bareHost(place)
    const { result } = await host.recover()
    expect(host.server.state()['medical_records']).toEqual(good)
    expect(host.project.log.filter((line) => /^(up|make)/.test(line))).toEqual([
      'up mongodb',
      'make api',
    ])
    expect([...host.folder.files.values()].map(({ name, mode }) => [name, mode])).toEqual([
      ['docker-compose.yml', 0o600],
      ['ops.yaml', 0o600],
      ['stack/start.sh', 0o755],
    ])
    expect(result).toMatchObject({
      project: 'healthcare',
      folder: '/srv',
      restored: [
        {
          backup: ids[0],
          collections: { 'medical_records.healthcare_data': { documents: 2, expected: 2 } },
        },
      ],
      servers: [{ target: 'medical', write: 'durable' }],
      services: ['api'],
      missing: [],
      objectiveSeconds: 1800,
    })
    // What was put down for it is gone.
    expect(host.shelf.files.size).toBe(0)
    const canvas = { color: false, terminal: false, columns: 80, now: new Date() }
    expect(systemScreen(result, canvas)).toContain('2 of 2 documents')
  })

  test('takes the newest archive that holds what it says, and tells which it passed over', async () => {
    const { place, ids } = await hospital(2)
    const newest = place.files.get(ids[1] ?? '') ?? Buffer.alloc(0)
    newest[40] = (newest[40] ?? 0) ^ 1
    const host = bareHost(place)
    const plan = await host.plan()
    expect(plan.warnings?.join()).toContain(`${ids[1] ?? ''} is passed over`)
    expect((await host.run(plan)).result.restored).toMatchObject([{ backup: ids[0] }])
    for (const bytes of place.files.values()) bytes[40] = (bytes[40] ?? 0) ^ 2
    await expect(bareHost(place).plan()).rejects.toMatchObject({
      code: 'NO_SOUND_BACKUP',
      exitCode: 12,
    })
  })

  test('goes on without a service that stays ill, without an image, and says what is not back', async () => {
    const { place } = await hospital()
    const host = bareHost(place)
    host.project.project = {
      ...project,
      services: {
        ...project.services,
        migration_app: service('migration_app', { image: 'loader:1' }),
      },
    }
    const { engine, compose } = host.world
    Object.assign(engine, {
      image: (name: string) =>
        Promise.resolve(name === 'loader:1' ? undefined : { id: 'sha256:1', bytes: 1 }),
    })
    Object.assign(compose, {
      make: () =>
        Promise.reject(new Failure('failed', 'COMPOSE_FAILED', 'api is unhealthy', ['look'])),
    })
    const { result, warnings } = await host.recover()
    expect(result.missing.map(({ what, name }) => [what, name])).toEqual([
      ['image', 'loader:1'],
      ['service', 'api'],
    ])
    expect(warnings.join()).toContain('api is unhealthy')
  })

  test('names slices, users, folders and volumes that are not back', async () => {
    const { place } = await hospital()
    place.sliceFiles.set('medical/one.oplog.gz', Buffer.from('1'))
    const host = bareHost(place)
    const connect = host.server.connect.bind(host.server)
    host.server.connect = async () => ({ ...(await connect()), users: () => Promise.resolve([]) })
    host.project.project = {
      ...project,
      services: {
        ...project.services,
        api: service('api', {
          volumes: ['uploads'],
          mounts: [{ type: 'bind', source: '/srv/uploads', destination: '/up' }],
        }),
      },
    }
    host.project.project = {
      ...host.project.project,
      volumes: [
        ...project.volumes,
        { key: 'uploads', name: 'healthcare_uploads', external: false },
      ],
    }
    const { result } = await host.recover()
    expect(result.missing.map(({ what, name }) => [what, name])).toEqual([
      ['file', 'uploads'],
      ['oplog', 'medical'],
      ['volume', 'healthcare_uploads'],
      ['user', 'root@admin'],
    ])
  })

  test('does not take a kit that is silent about users for one of a server that had none', async () => {
    const { place } = await hospital(1, false, { seesUsers: false })
    const { result } = await bareHost(place).recover()
    expect(result.missing).toMatchObject([
      {
        what: 'user',
        name: 'medical',
        because: expect.stringContaining('does not say which users there were') as string,
      },
    ])
  })

  test('overwrites nothing: neither containers nor volumes of these names, nor files that differ', async () => {
    const { place } = await hospital()
    const taken = bareHost(place)
    taken.supplies.volumes.set('healthcare_mongo_data', '2026-11-21T13:00:00Z')
    await expect(taken.plan()).rejects.toMatchObject({ code: 'SYSTEM_EXISTS', exitCode: 6 })
    const running = bareHost(place)
    running.project.stack.containers.push(container('mongodb'))
    await expect(running.plan()).rejects.toMatchObject({ code: 'SYSTEM_EXISTS' })
    const edited = bareHost(place)
    await edited.folder.write({ name: 'ops.yaml', text: 'version: 2\n', mode: 0o600 })
    await expect(edited.plan()).rejects.toMatchObject({ code: 'FILES_DIFFER', exitCode: 6 })
    edited.changes.keepFiles = true
    expect((await edited.recover()).result.files.kept).toEqual(['ops.yaml'])
  })

  test.each<[string, Partial<ComposeProject>, string]>([
    [
      'mounted as it is',
      mounting({ type: 'bind', source: '/srv/data', destination: '/data/db' }),
      '/srv/data',
    ],
    [
      'mounted where the server was told to look',
      mounting({ type: 'bind', source: '/mnt/disk', destination: '/elsewhere' }, [
        'mongod',
        '--dbpath',
        '/elsewhere/db',
      ]),
      '/mnt/disk',
    ],
    [
      'behind the name of a volume',
      {
        ...mounting({ type: 'volume', source: 'mongo_data', destination: '/data/db' }),
        volumes: [
          {
            key: 'mongo_data',
            name: 'healthcare_mongo_data',
            external: false,
            device: '/mnt/disk',
          },
        ],
      },
      '/mnt/disk',
    ],
  ])('restores over no data in a folder: %s', async (_, changes, path) => {
    const { place } = await hospital()
    const host = bareHost(place)
    host.project.project = { ...project, ...changes }
    host.folder.others.add(`${path}/lost+found`)
    await host.plan().then((plan) => plan.release?.())
    host.folder.others.add(`${path}/WiredTiger`)
    await expect(host.plan()).rejects.toMatchObject({
      code: 'SYSTEM_EXISTS',
      facts: { folders: [path] },
    })
  })

  test('goes on in a folder that an earlier run filled, and needs none that is only read empty', async () => {
    const { place } = await hospital()
    const host = bareHost(place, 'stands')
    const mount = { type: 'bind', source: '/srv/data', destination: '/data/db' }
    host.project.project = { ...project, ...mounting({ ...mount, readOnly: true }) }
    host.folder.others.add('/srv/data/WiredTiger')
    await host.plan().then((plan) => plan.release?.())
    host.folder.others.clear()
    host.project.project = { ...project, ...mounting(mount) }
    Object.assign(host.world.compose, { up: () => Promise.reject(new Error('cut off')) })
    await expect(host.recover()).rejects.toThrow()
    host.folder.others.add('/srv/data/WiredTiger')
    const plan = await host.plan()
    expect(plan.warnings?.join()).toContain('goes on from what it left')
  })

  test('needs the files that hold secrets, and a server that compose makes', async () => {
    const { place } = await hospital()
    const host = bareHost(place)
    host.project.project = { ...project, secrets: { token: { file: '/srv/token.txt' } } }
    await expect(host.plan()).rejects.toMatchObject({
      code: 'SECRETS_MISSING',
      facts: { files: ['/srv/token.txt (secret token of the stack)'] },
    })
    const other = bareHost(place)
    other.project.project = { ...project, services: {} }
    await expect(other.plan()).rejects.toMatchObject({ code: 'SYSTEM_NOT_COMPOSED', exitCode: 6 })
  })

  test('makes volumes and networks that compose only uses', async () => {
    const { place } = await hospital()
    const host = bareHost(place)
    host.project.project = {
      ...project,
      volumes: [{ key: 'shared', name: 'shared', external: true }],
      externalNetworks: ['ward'],
    }
    await host.recover()
    expect([...host.supplies.volumes.keys()]).toEqual(['shared'])
    expect([...host.supplies.networks]).toEqual(['ward'])
  })
})

describe('a recovery that did not come to its end', () => {
  const left = (changes: Partial<Receipt>): Receipt => ({
    id: 'dr-system-1',
    command: 'dr system',
    target: 'healthcare',
    title: 'rebuild healthcare',
    startedAt: '2026-11-21T13:02:04.000Z',
    state: 'failed',
    actor: 'root',
    host: 'db01',
    pid: 1,
    steps: ['Start mongodb alone'],
    system: {
      folder: '/srv',
      project: 'healthcare',
      volumes: ['healthcare_mongo_data'],
      targets: ['medical'],
      restored: {},
    },
    ...changes,
  })

  async function after(changes: Partial<Receipt>, volumeMadeAt = '2026-11-21T13:02:05Z') {
    const { place, good } = await hospital()
    const host = bareHost(place, 'stands')
    host.supplies.volumes.set('healthcare_mongo_data', volumeMadeAt)
    host.project.stack.containers.push(container('mongodb'))
    await host.receipts.save(left({ startedAt: host.clock.now().toISOString(), ...changes }))
    return { ...host, good }
  }

  test('is gone on with, and what it left half restored is saved before it is replaced', async () => {
    const host = await after({}, '2026-11-21T23:59:59Z')
    host.server.collection('medical_records', 'healthcare_data', [{ _id: 1 }])
    const plan = await host.plan()
    expect(plan.warnings).toMatchObject([expect.stringContaining('goes on from what it left')])
    await host.run(plan)
    expect(host.server.state()['medical_records']).toEqual(host.good)
    expect([...host.shelf.manifests.values()].map(({ purpose }) => purpose)).toEqual(['safety'])
  })

  test('keeps data that it had brought back and proved', async () => {
    const restored = { medical: 'medical-20261121T130204Z' }
    const { system } = left({})
    const host = await after(
      { ...(system ? { system: { ...system, restored } } : {}) },
      '2026-11-21T23:59:59Z',
    )
    host.server.collection('medical_records', 'healthcare_data', [{ _id: 'since' }])
    const { result } = await host.recover()
    expect(result.restored).toMatchObject([
      { backup: 'medical-20261121T130204Z', collections: null },
    ])
    expect(host.server.log.join()).not.toContain('mongorestore')
  })

  /** An earlier run had brought the older of two backups back. */
  async function broughtBack() {
    const { place, ids, good } = await hospital(2)
    const host = bareHost(place, 'stands')
    const [older = '', newer = ''] = ids
    const { system } = left({})
    if (!system) throw new Error('there is a system')
    const restored = { medical: older }
    await host.receipts.save(
      left({ startedAt: '2026-11-21T13:02:03.000Z', system: { ...system, restored } }),
    )
    return { ...host, older, newer, good }
  }

  test('restores again what was removed since', async () => {
    const host = await broughtBack()
    const { result, warnings } = await host.recover()
    expect(host.server.state()['medical_records']).toEqual(host.good)
    expect(warnings.join()).toContain('it is restored again')
    expect(result.restored).toMatchObject([{ backup: host.newer, collections: {} }])
    expect(host.receipts.saves.at(-1)?.system?.restored).toEqual({ medical: host.newer })
  })

  test('tells of what it had brought back how old it is, and what of it is lost or fewer', async () => {
    const host = await broughtBack()
    host.server.collection('medical_records', 'healthcare_data', [{ _id: 1 }])
    const { result, warnings } = await host.recover()
    expect(result.restored).toMatchObject([
      { backup: host.older, takenAt: '2026-11-21T13:02:04.000Z', collections: null },
    ])
    expect(warnings.join()).toContain('medical_records.healthcare_data (1 of 2)')
    expect(result.missing).toEqual([])
    const other = await broughtBack()
    other.server.collection('medical_records', 'later', [{ _id: 1 }])
    expect((await other.recover()).result.missing).toMatchObject([
      { what: 'data', name: 'medical', because: expect.stringContaining(other.older) as string },
    ])
  })

  test('has nothing to do with volumes from before it, nor with what came to its end', async () => {
    const before = await after({}, '2026-11-21T12:00:00Z')
    await expect(before.plan()).rejects.toMatchObject({ code: 'SYSTEM_EXISTS' })
    const done = await after({ state: 'done' }, '2026-11-21T23:59:59Z')
    await expect(done.plan()).rejects.toMatchObject({ code: 'SYSTEM_EXISTS' })
    const old = await after({ startedAt: '2026-11-01T00:00:00.000Z' }, '2026-11-21T23:59:59Z')
    await expect(old.plan()).rejects.toMatchObject({ code: 'SYSTEM_EXISTS' })
  })
})
