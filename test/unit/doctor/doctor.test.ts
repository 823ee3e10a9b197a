import { describe, expect, test } from 'vitest'
import { diagnose } from '../../../src/checks/doctor/doctor.js'
import { judge, type Diagnosis } from '../../../src/checks/doctor/judge.js'
import type { Patient } from '../../../src/checks/doctor/patient.js'
import { Failure } from '../../../src/domain/failure.js'
import { Secret } from '../../../src/domain/secret.js'
import type { Target } from '../../../src/domain/target.js'
import { container } from '../../fakes/stack.js'
import { scene, target } from './patient.js'
import { evidence, fakeMachine, silence, told } from './scene.js'

const never = () => new Promise<never>(() => undefined)
const refuse = (code: string) => () =>
  Promise.reject(new Failure('environment', code, `${code} happened`, ['ops doctor']))

const examined = (patient: Patient) => diagnose(patient, new AbortController().signal)

/** Ids of the findings with that severity. */
function ids({ checks }: Diagnosis, severity: string): readonly string[] {
  return checks.filter((check) => check.severity === severity).map(({ id }) => id)
}

test('a machine with nothing wrong is ready, and every check says so', async () => {
  const diagnosis = await examined(scene().patientWith())
  expect(diagnosis.checks.filter(({ severity }) => severity !== 'ok').map(told)).toEqual([])
  expect(diagnosis.verdict).toBe('ok')
  expect(diagnosis.checks.map(({ id }) => id)).toMatchInlineSnapshot(`
    [
      "host.engine",
      "host.engine-access",
      "host.compose",
      "host.state",
      "configuration.file",
      "configuration.permissions",
      "configuration.stack",
      "configuration.images",
      "configuration.environment",
      "copies.usb",
      "medical.container",
      "medical.image",
      "medical.secret-files",
      "medical.server",
      "medical.sign-in",
      "medical.backup-rights",
      "medical.restore-rights",
      "medical.account",
      "medical.strangers",
      "medical.password",
      "medical.port",
      "medical.databases",
      "medical.primary",
      "medical.point-in-time",
      "medical.clock",
      "medical.tools",
      "medical.shelf",
      "medical.space",
      "medical.backup",
      "medical.restore",
      "medical.copies",
      "medical.manifests",
      "medical.encryption",
      "medical.cut-off",
      "medical.lock",
    ]
  `)
})

describe('at every level of brokenness the rest is looked at', () => {
  test('no configuration', async () => {
    const diagnosis = await examined({
      ...scene().patientWith(),
      configuration: refuse('CONFIG_NOT_FOUND'),
    })
    expect(diagnosis.checks.map(({ id, severity }) => `${severity} ${id}`)).toEqual([
      'ok host.engine',
      'ok host.engine-access',
      'ok host.compose',
      'ok host.state',
      'fail configuration.file',
    ])
  })

  test('no engine', async () => {
    const { engine, patientWith, server } = scene()
    const refused = refuse('ENGINE_UNREACHABLE')
    server.connect = refused
    const down = { facts: refused, containers: refused, container: refused, image: refused }
    const tools = { choose: refused }
    const diagnosis = await examined(patientWith({ engine: { ...engine, ...down }, tools }))
    expect(ids(diagnosis, 'fail')).toEqual(['host.engine'])
    expect(ids(diagnosis, 'ok')).toEqual(
      expect.arrayContaining(['host.compose', 'medical.shelf', 'medical.space', 'medical.backup']),
    )
  })

  test('an engine that hangs', async () => {
    const { engine, patientWith, server } = scene()
    server.connect = never
    const hung = { facts: never, containers: never, container: never, image: never }
    const tools = { choose: never }
    const diagnosis = await examined(patientWith({ engine: { ...engine, ...hung }, tools }))
    expect(diagnosis.verdict).toBe('warn')
    expect(ids(diagnosis, 'unknown')).toEqual(
      expect.arrayContaining(['host.engine', 'medical.container', 'medical.server']),
    )
    expect(ids(diagnosis, 'ok')).toEqual(
      expect.arrayContaining(['medical.shelf', 'medical.backup', 'medical.lock']),
    )
  })

  test('no compose', async () => {
    const { compose, patientWith } = scene()
    const missing = refuse('COMPOSE_MISSING')
    const diagnosis = await examined(
      patientWith({ compose: { ...compose, version: missing, project: missing } }),
    )
    expect(ids(diagnosis, 'fail')).toEqual(['host.compose'])
    expect(ids(diagnosis, 'unknown')).toEqual([
      'configuration.stack',
      'configuration.images',
      'medical.applications',
    ])
  })

  test('a service that the compose files do not have', async () => {
    const { compose, patientWith } = scene()
    const project = { name: 'healthcare', services: {}, volumes: [] }
    const diagnosis = await examined(
      patientWith({ compose: { ...compose, project: () => Promise.resolve(project) } }),
    )
    expect(ids(diagnosis, 'fail')).toEqual(['configuration.stack'])
  })

  test('a container that is stopped', async () => {
    const { patientWith, stack, server } = scene()
    stack.containers[0] = container('mongodb', { state: 'exited', exitCode: 137 })
    server.connect = refuse('CONTAINER_STOPPED')
    const tools = { choose: refuse('CONTAINER_STOPPED') }
    const diagnosis = await examined(patientWith({ tools }))
    expect(ids(diagnosis, 'fail')).toEqual(['medical.container'])
    expect(ids(diagnosis, 'unknown')).toContain('medical.sign-in')
    expect(ids(diagnosis, 'ok')).toContain('medical.backup')
  })

  test('a container that does not exist, and no image to make it from', async () => {
    const { engine, patientWith, stack, server } = scene()
    stack.containers.splice(0, 1)
    server.connect = refuse('CONTAINER_NOT_FOUND')
    const tools = { choose: refuse('CONTAINER_NOT_FOUND') }
    const image = (name: string) =>
      Promise.resolve(name === 'mongodb:1' ? undefined : { id: 'sha256:1', bytes: 1 })
    const diagnosis = await examined(patientWith({ tools, engine: { ...engine, image } }))
    expect(ids(diagnosis, 'fail')).toEqual(['medical.container', 'medical.image'])
  })

  test('a wrong password', async () => {
    const { patientWith, server } = scene()
    server.connect = refuse('MONGO_AUTHENTICATION')
    const diagnosis = await examined(patientWith())
    expect(ids(diagnosis, 'fail')).toEqual(['medical.sign-in'])
    expect(ids(diagnosis, 'ok')).toEqual(
      expect.arrayContaining(['medical.server', 'medical.tools', 'medical.space']),
    )
  })

  test('a database that is gone', async () => {
    const { patientWith, server } = scene()
    server.databases.clear()
    const diagnosis = await examined(patientWith())
    expect(ids(diagnosis, 'fail')).toEqual(['medical.databases'])
    expect(ids(diagnosis, 'unknown')).toEqual(['medical.space'])
  })

  test('a shelf that may not be read', async () => {
    const { patientWith, shelf } = scene()
    shelf.list = refuse('SHELF_UNWRITABLE')
    const machine = fakeMachine({
      folder: (path) =>
        Promise.resolve({
          path,
          kind: 'folder',
          writable: false,
          obstacle: 'EACCES',
          inMemory: false,
        }),
    })
    const diagnosis = await examined(patientWith({}, machine))
    expect(ids(diagnosis, 'fail')).toEqual(['host.state', 'medical.shelf'])
    expect(ids(diagnosis, 'unknown')).toEqual([
      'medical.backup',
      'medical.manifests',
      'medical.encryption',
    ])
  })

  test('a shelf that hangs, and a record that cannot be read', async () => {
    const { patientWith, shelf, receipts } = scene()
    shelf.list = never
    shelf.freeBytes = never
    receipts.list = () => Promise.reject(new SyntaxError('Unexpected end of JSON input'))
    const diagnosis = await examined(patientWith())
    expect(ids(diagnosis, 'unknown')).toEqual([
      'medical.space',
      'medical.backup',
      'medical.manifests',
      'medical.encryption',
      'medical.cut-off',
    ])
  })
})

test('without a stack nothing needs compose', async () => {
  const { compose, patientWith } = scene()
  const patient = patientWith({ compose: { ...compose, version: refuse('COMPOSE_MISSING') } })
  const configured = await patient.configuration()
  const { stack, ...world } = configured.world
  const diagnosis = await examined({
    ...patient,
    configuration: () => Promise.resolve({ ...configured, world }),
  })
  expect(stack).toBeDefined()
  expect(ids(diagnosis, 'fail')).toEqual([])
  expect(diagnosis.checks.map(({ id }) => id)).not.toContain('configuration.stack')
})

test('a safety backup, or one whose file is gone, is no backup to fall back on', async () => {
  const { patientWith, shelf } = scene()
  const [manifest] = shelf.manifests.values()
  if (!manifest) throw new Error('the scene has a backup')
  shelf.manifests.set(manifest.id, { ...manifest, purpose: 'safety' })
  expect(ids(await examined(patientWith()), 'fail')).toEqual(['medical.backup'])
  shelf.manifests.set(manifest.id, manifest)
  shelf.files.clear()
  expect(ids(await examined(patientWith()), 'fail')).toEqual(['medical.backup'])
})

test('records that this user may not read are unknown, though they look like none', async () => {
  const machine = fakeMachine({ readable: () => Promise.resolve(false) })
  const diagnosis = await examined(scene().patientWith({}, machine))
  expect(ids(diagnosis, 'unknown')).toEqual(['medical.cut-off', 'medical.lock'])
})

test('a record that is no record may be that of a restore that was cut off: nothing is known then', async () => {
  const { patientWith, receipts } = scene()
  const file = '/state/receipts/restore-1.json'
  receipts.unreadable = () => Promise.resolve([{ file, reason: 'it is not JSON' }])
  const diagnosis = await examined(patientWith())
  expect(ids(diagnosis, 'unknown')).toEqual(['medical.cut-off'])
  const found = diagnosis.checks.find(({ id }) => id === 'medical.cut-off')
  expect(`${found?.says ?? ''} ${found?.because ?? ''}`).toContain(file)
})

test('a session is closed again, also one that was opened too late', async () => {
  const { patientWith, server } = scene()
  let closed = 0
  const open = server.connect.bind(server)
  const opened = async () => ({
    ...(await open()),
    close: () => {
      closed += 1
      return Promise.resolve()
    },
  })
  server.connect = opened
  await examined(patientWith())
  expect(closed).toBe(1)

  server.connect = async () => {
    await new Promise((resolve) => setTimeout(resolve, 100))
    return opened()
  }
  const diagnosis = await examined(patientWith())
  expect(ids(diagnosis, 'unknown')).toContain('medical.server')
  await new Promise((resolve) => setTimeout(resolve, 120))
  expect(closed).toBe(2)
})

test('the lock of a run that is gone, and a restore that was cut off, are found', async () => {
  const { patientWith, locks, receipts } = scene()
  const since = '2026-11-21T12:00:00.000Z'
  locks.held.set('medical', { command: 'restore', pid: 9, host: 'db01', user: 'root', since })
  await receipts.save({
    id: 'restore-1',
    command: 'restore',
    target: 'medical',
    title: 'restore medical',
    startedAt: since,
    state: 'started',
    actor: 'root',
    host: 'db01',
    pid: 9,
    steps: [],
    again: 'ops restore --to-time 1795267324:3 --target medical',
  })
  receipts.gone.add('restore-1')
  const machine = fakeMachine({ gone: (pid) => Promise.resolve(pid === 9) })
  const diagnosis = await examined(patientWith({}, machine))
  expect(ids(diagnosis, 'fail')).toEqual(['medical.cut-off'])
  const [cutOff] = diagnosis.checks.filter(({ id }) => id === 'medical.cut-off')
  expect(cutOff?.next).toEqual([
    'ops undo restore-1',
    'ops restore --to-time 1795267324:3 --target medical',
  ])
  expect(ids(diagnosis, 'warn')).toEqual(['medical.lock'])
})

test('whether a lock of another machine is still held cannot be seen from here', async () => {
  const { patientWith, locks } = scene()
  const since = '2026-11-21T12:00:00.000Z'
  locks.held.set('medical', { command: 'backup', pid: 9, host: 'db02', user: 'root', since })
  const machine = fakeMachine({ gone: () => Promise.resolve(true) })
  expect(ids(await examined(patientWith({}, machine)), 'unknown')).toEqual(['medical.lock'])
})

test('a server outside Docker has no container to look at', async () => {
  const patient = scene().patientWith()
  const configured = await patient.configuration()
  const uri = { from: 'value' as const, value: new Secret('mongodb://127.0.0.1:27017/') }
  const outside: Target = { ...target, place: { kind: 'server', uri } }
  const diagnosis = await examined({
    ...patient,
    configuration: () => Promise.resolve({ ...configured, targets: [outside] }),
  })
  expect(diagnosis.verdict).toBe('ok')
  expect(diagnosis.checks.map(({ id }) => id)).not.toContain('medical.container')
})

test('what could not be looked at is never ok: alone it makes a warning', () => {
  expect(judge(evidence()).verdict).toBe('ok')
  expect(judge(evidence({ engine: silence })).verdict).toBe('warn')
})

test('an interruption ends it all', async () => {
  const { patientWith, server } = scene()
  server.connect = never
  const controller = new AbortController()
  const running = diagnose(patientWith(), controller.signal)
  controller.abort(new Failure('interrupted', 'INTERRUPTED', 'interrupted (Ctrl-C)', []))
  await expect(running).rejects.toMatchObject({ code: 'INTERRUPTED' })
})
