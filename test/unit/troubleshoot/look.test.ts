import { describe, expect, test } from 'vitest'
import { judgeTroubles } from '../../../src/checks/troubleshoot/judge.js'
import type { Symptom } from '../../../src/domain/symptoms.js'
import { lookForTroubles } from '../../../src/procedures/troubleshoot/look.js'
import type { TroubleshootRequest } from '../../../src/procedures/troubleshoot/request.js'
import { healthcare, service } from '../../fakes/project.js'
import { container } from '../../fakes/stack.js'
import { medical } from '../../fakes/world.js'
import { only } from './scene.js'
import { bedside } from './world.js'

type Bedside = ReturnType<typeof bedside>

/** Looks in a world whose clock stands still while somebody waits: deadlines never come. */
async function looked(
  { world }: Bedside,
  symptom?: Symptom,
  target = medical,
  twice?: TroubleshootRequest['twice'],
) {
  const patient = { ...world.clock, sleep: () => new Promise<void>(() => undefined) }
  const request = {
    targets: [target],
    backupAgeSeconds: 26 * 3600,
    everySeconds: 60,
    signal: new AbortController().signal,
    ...(symptom === undefined ? {} : { symptom }),
    ...(twice ? { twice } : {}),
  }
  const evidence = await lookForTroubles(request, { ...world, clock: patient })
  return { evidence, ...judgeTroubles(evidence, symptom) }
}

describe('looking for symptoms', () => {
  test('names what it finds, and changes nothing', async () => {
    const it = bedside()
    it.project.stack.containers[0] = container('mongodb', { state: 'paused' })
    const { symptoms } = await looked(it)
    expect(only(symptoms, 'database-paused').fix).toMatchObject({ service: 'mongodb' })
    expect(it.project.log).toEqual([])
    expect(it.server.log).toEqual([])
    expect(it.operations.log).toEqual([])
  })

  test('lines of a log come in the order of their times, and only those of this run count', async () => {
    const it = bedside()
    const startedAt = '2026-11-21T13:00:00.000Z'
    it.project.stack.containers[1] = container('api', { startedAt })
    it.project.logs = {
      healthcare_api: [
        '2026-11-21T13:01:00.000000000Z second',
        '2026-11-21T13:00:30.000000000Z first',
        '2026-11-20T13:00:30.000000000Z MongoServerError: Authentication failed.',
        'no time at all',
      ],
    }
    const { evidence, symptoms } = await looked(it)
    if (evidence.services?.state !== 'seen') throw new Error('services')
    const api = evidence.services.facts.find((one) => one.service === 'api')
    if (api?.lines.state !== 'seen') throw new Error('lines')
    expect(api.lines.facts.map(({ text }) => text).slice(-2)).toEqual(['first', 'second'])
    expect(symptoms.map(({ cause }) => cause)).not.toContain('application-sign-in-refused')
  })

  test('a port is another container’s, or a process’s of this machine, never that of another network', async () => {
    const it = bedside()
    const ports = [{ container: 27_017, published: '27017', host: '127.0.0.1' }]
    const { services } = healthcare
    it.project.project = {
      ...healthcare,
      services: { ...services, mongodb: service('mongodb', { ports }) },
    }
    it.project.stack.containers[0] = container('mongodb', { state: 'created' })
    it.listeners.set(27_017, [{ address: '127.0.0.1', pid: 42, program: 'mongod' }])
    expect(only((await looked(it, 'port')).symptoms, 'port-taken').says).toContain('process 42')
    it.listeners.set(27_017, [{ address: '10.1.2.3', pid: 42, program: 'mongod' }])
    expect((await looked(it, 'port')).symptoms).toEqual([])
    const elsewhere = { ...it.world.engineHost, gateways: () => Promise.resolve(['10.9.9.9']) }
    const there = { ...it, world: { ...it.world, engineHost: elsewhere } }
    const { evidence } = await looked(there, 'port')
    expect(evidence.ports).toMatchObject({ facts: [{ owners: { state: 'unseen' } }] })
    const other = container('other', { ports: { '27017/tcp': [{ host: '', port: 27_017 }] } })
    it.project.stack.containers.push(other)
    expect(only((await looked(it, 'port')).symptoms, 'port-taken').says).toContain(
      'healthcare_other',
    )
  })

  test('a port that its own container holds while it is paused is taken by nobody else', async () => {
    const it = bedside()
    const ports = [{ container: 27_017, published: '27017', host: '127.0.0.1' }]
    const { services } = healthcare
    it.project.project = {
      ...healthcare,
      services: { ...services, mongodb: service('mongodb', { ports }) },
    }
    const held = { '27017/tcp': [{ host: '127.0.0.1', port: 27_017 }] }
    it.project.stack.containers[0] = container('mongodb', { state: 'paused', ports: held })
    it.listeners.set(27_017, [{ address: '127.0.0.1', pid: 42, program: 'docker-proxy' }])
    const { evidence } = await looked(it, 'port')
    expect(evidence.ports).toEqual({ state: 'seen', facts: [] })
  })

  test('an index is missed only where the collection has the field and no index begins with it', async () => {
    const it = bedside()
    it.operations.slow = [
      {
        namespace: 'medical_records.visits',
        fields: ['ward'],
        scansAll: true,
        times: 1,
        milliseconds: 200,
        examined: 10_000,
        returned: 1,
        last: '2026-11-21T13:00:00.000Z',
      },
    ]
    expect((await looked(it, 'slow')).symptoms).toEqual([])
    it.operations.wanting.add('medical_records.visits ward')
    expect(only((await looked(it, 'slow')).symptoms, 'missing-index').fix).not.toBeNull()
    const strange = it.operations.slow.map((one) => ({ ...one, fields: ['$where'] }))
    it.operations.slow = strange
    it.operations.wanting.add('medical_records.visits $where')
    expect((await looked(it, 'slow')).symptoms).toEqual([])
  })

  test('what is there twice is looked for in all fields, and in those that are expected to be unique', async () => {
    const it = bedside()
    it.operations.duplicates = { groups: 1, surplus: 2 }
    const [all] = (await looked(it, 'duplicates')).symptoms
    expect(all).toMatchObject({ cause: 'equal-documents', fix: { kind: 'duplicates' } })
    const expectations = { 'medical_records.visits': { unique: ['name, ward'] } }
    const { symptoms } = await looked(it, 'duplicates', { ...medical, expectations })
    // What is expected is no consent to remove what is not so: that is named in a command.
    expect(only(symptoms, 'equal-fields').fix).toBeNull()
    expect(only(symptoms, 'equal-fields').next[1]).toMatch(
      /^ops troubleshoot duplicates --collection medical_records.visits --by name,ward --target medical /,
    )
    const twice = { namespace: 'medical_records.visits', fields: ['name'] }
    const named = (await looked(it, 'duplicates', medical, twice)).symptoms
    expect(only(named, 'equal-fields').fix).toMatchObject({ fields: ['name'] })
  })

  test('no search writes to the disk of a server unless the collection is named, and the disk has the room', async () => {
    const it = bedside()
    it.operations.needsDisk = true
    const [all] = (await looked(it, 'duplicates')).symptoms
    expect(all).toMatchObject({ cause: 'not-searched', severity: 'unknown' })
    expect(it.operations.searchedOnDisk).toBe(false)
    const twice = { namespace: 'medical_records.visits', fields: [] }
    expect((await looked(it, 'duplicates', medical, twice)).symptoms).toEqual([])
    expect(it.operations.searchedOnDisk).toBe(true)
    it.operations.bytes = 75e9
    const [full] = (await looked(it, 'duplicates', medical, twice)).symptoms
    expect(full).toMatchObject({ cause: 'not-searched' })
  })

  test('another port is offered where one variable decides it, and it is free', async () => {
    const it = bedside()
    const ports = [{ container: 27_017, published: '27017', host: '127.0.0.1' }]
    const { services } = healthcare
    it.project.project = {
      ...healthcare,
      services: { ...services, mongodb: service('mongodb', { ports }) },
    }
    it.project.stack.containers[0] = container('mongodb', { state: 'created' })
    it.listeners.set(27_017, [{ address: '127.0.0.1', pid: 42, program: 'mongod' }])
    expect(only((await looked(it, 'port')).symptoms, 'port-taken').fix).toBeNull()
    const file = 'ports: ["127.0.0.1:${MONGO_PORT:-27017}:27017"]\n'
    await it.world.variableFiles.replace('/srv/docker-compose.yml', file)
    const isFree = (_: string, port: number) => Promise.resolve(port > 27_018)
    const premises = { ...it.world.premises, isFree }
    const { symptoms } = await looked({ ...it, world: { ...it.world, premises } }, 'port')
    expect(only(symptoms, 'port-taken').fix).toMatchObject({
      kind: 'port',
      variable: 'MONGO_PORT',
      from: 27_017,
      to: 27_019,
    })
    await it.world.variableFiles.replace('/srv/docker-compose.yml', `${file}url: $MONGO_PORT\n`)
    expect(only((await looked(it, 'port')).symptoms, 'port-taken').fix).toBeNull()
  })

  test('no document is searched where nobody asked for that', async () => {
    const it = bedside()
    it.operations.duplicates = { groups: 1, surplus: 2 }
    it.operations.beforeCount = () => {
      throw new Error('it was searched')
    }
    const { symptoms, clear } = await looked(it)
    expect(symptoms.filter(({ symptom }) => symptom === 'duplicates')).toEqual([])
    expect(clear).not.toContain('duplicates')
  })

  test('tells nothing but what is wrong: here, that there is no backup yet', async () => {
    const it = bedside()
    const { symptoms } = await looked(it)
    expect(symptoms.map(({ cause }) => cause)).toEqual(['no-good-backup'])
  })

  test('what throws or hangs harms nothing else, and is not known', async () => {
    const it = bedside()
    const world = {
      ...it.world,
      operations: { connect: () => Promise.reject(new Error('broken')) },
    }
    const { symptoms, verdict } = await looked({ ...it, world }, 'slow')
    expect(only(symptoms, 'not-seen')).toMatchObject({
      severity: 'unknown',
      because: ['Error: broken'],
    })
    expect(verdict).toBe('warn')
  })
})
