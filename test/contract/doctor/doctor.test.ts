import { execa } from 'execa'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { targetContainers } from '../../../src/adapters/docker/containers.js'
import { dockerClient } from '../../../src/adapters/docker/client.js'
import { dockerEngine } from '../../../src/adapters/docker/engine.js'
import { thisMachine } from '../../../src/adapters/host/machine.js'
import { mongoStrangers } from '../../../src/adapters/mongo/strangers.js'
import { diagnose } from '../../../src/checks/doctor/doctor.js'
import type { Diagnosis } from '../../../src/checks/doctor/judge.js'
import { backupRules } from '../../../src/cli/doctor.js'
import { Secret } from '../../../src/domain/secret.js'
import type { Target } from '../../../src/domain/target.js'
import { takeBackup } from '../../../src/procedures/backup/takeBackup.js'
import type { World } from '../../../src/ports/world.js'
import { carriedOut } from '../../fakes/world.js'
import {
  canaryPassword,
  loadPatients,
  startMongoServer,
  type MongoServer,
} from '../../support/mongoServer.js'
import { realWorld } from '../../support/realWorld.js'

let server: MongoServer
let folder: string

beforeAll(async () => {
  server = await startMongoServer()
  await loadPatients(server.client, 500)
})
afterAll(async () => {
  await server.remove()
})
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-doctor-'))
  await writeFile(join(folder, 'ops.yaml'), 'version: 1\n', { mode: 0o600 })
  return () => rm(folder, { recursive: true, force: true })
})

/** Examines this machine with one target, over the real adapters. */
async function examined(target: Target, changes: Partial<World> = {}): Promise<Diagnosis> {
  const world = { ...realWorld(folder), ...changes }
  const { engine, compose, clock } = world
  return diagnose(
    {
      engine,
      compose,
      clock,
      machine: thisMachine,
      stateFolder: join(folder, 'state'),
      configuration: () =>
        Promise.resolve({
          file: join(folder, 'ops.yaml'),
          warnings: [],
          plainPasswords: [],
          targets: [target],
          backupAgeSeconds: 26 * 3600,
          rtoSeconds: 3600,
          world,
          containers: targetContainers(engine, compose, undefined),
          strangers: mongoStrangers({
            containers: world.containers,
            secrets: world.secrets,
            client: () => dockerClient({ environment: process.env, home: '/root' }),
          }),
          rules: backupRules(world),
        }),
    },
    new AbortController().signal,
  )
}

/** Findings that are not ok, as `fail medical.backup`. */
function wrong({ checks }: Diagnosis): readonly string[] {
  return checks
    .filter(({ severity }) => severity !== 'ok')
    .map(({ id, severity }) => `${severity} ${id}`)
}

function find({ checks }: Diagnosis, id: string) {
  return checks.find((check) => check.id === id)
}

async function backUp(target: Target): Promise<void> {
  const world = realWorld(folder)
  const compression = { level: 1, workers: 1, blockBytes: 256 * 1024 }
  const request = { target, compression, safety: false }
  await carriedOut(await takeBackup.plan(request, world), world)
}

describe('a server in health', () => {
  test('lacks a backup at first, and once there is one a copy of it and a trial restore', async () => {
    // The first user of the image is root, and ops is told to be him.
    const account = 'warn medical.account'
    expect(wrong(await examined(server.target()))).toEqual([account, 'fail medical.backup'])
    await backUp(server.target())
    const diagnosis = await examined(server.target())
    // Its backup lies beside the data, and nowhere else.
    expect(wrong(diagnosis)).toEqual([account, 'warn medical.restore', 'warn medical.copies'])
    expect(diagnosis.verdict).toBe('warn')
    expect(find(diagnosis, 'medical.server')?.says).toBe('MongoDB 6.0.5 answers on mongodb')
    expect(find(diagnosis, 'medical.tools')?.value).toMatchObject({ engine: 'sidecar' })
    expect(find(diagnosis, 'medical.point-in-time')?.value).toEqual({ replicaSet: 'rs0' })
    expect(find(diagnosis, 'medical.clock')?.value).toEqual({ seconds: 0 })
    expect(JSON.stringify(diagnosis)).not.toContain(canaryPassword)
  })

  test('is looked at through the tools of this machine too', async () => {
    const diagnosis = await examined(server.target({ engine: 'host' }))
    expect(find(diagnosis, 'medical.tools')).toMatchObject({
      severity: 'ok',
      value: { engine: 'host' },
    })
  })
})

describe('what is wrong with the sign-in', () => {
  const secret = (value: string) => ({ from: 'value' as const, value: new Secret(value) })
  const as = (username: string, password: string) =>
    server.target({
      credentials: { username: secret(username), password: secret(password), authSource: 'admin' },
    })

  test('a wrong password is found, and the container and the shelf are looked at all the same', async () => {
    const diagnosis = await examined(as(server.username, 'wrong'))
    expect(find(diagnosis, 'medical.sign-in')?.severity).toBe('fail')
    expect(find(diagnosis, 'medical.restore-rights')?.severity).toBe('unknown')
    for (const id of ['medical.container', 'medical.server', 'medical.tools', 'medical.shelf'])
      expect(find(diagnosis, id)?.severity).toBe('ok')
  })

  test('no credentials where they are asked for', async () => {
    const { credentials, ...target } = server.target()
    const diagnosis = await examined(target)
    expect(credentials).toBeDefined()
    expect(find(diagnosis, 'medical.sign-in')?.severity).toBe('fail')
  })

  test('a user with the role backup may not restore', async () => {
    const roles = [{ role: 'backup', db: 'admin' }]
    const admin = server.client.db('admin')
    await admin.command({ createUser: 'saver', pwd: 'saver', roles })
    try {
      const diagnosis = await examined(as('saver', 'saver'))
      expect(find(diagnosis, 'medical.sign-in')?.severity).toBe('ok')
      expect(find(diagnosis, 'medical.backup-rights')?.severity).toBe('ok')
      expect(find(diagnosis, 'medical.restore-rights')).toMatchObject({ severity: 'fail' })
      expect(find(diagnosis, 'medical.account')?.severity).toBe('ok')
      expect(find(diagnosis, 'medical.password')).toMatchObject({
        severity: 'warn',
        value: { strength: 'the name' },
      })
      expect(find(diagnosis, 'medical.strangers')?.severity).toBe('ok')
    } finally {
      await admin.command({ dropUser: 'saver' })
    }
  })
})

test('a shelf that others may write to is refused before a backup would be', async () => {
  await mkdir(join(folder, 'shelf/medical'), { recursive: true })
  await chmod(join(folder, 'shelf/medical'), 0o777)
  const diagnosis = await examined(server.target())
  expect(wrong(diagnosis)).toEqual([
    'warn medical.account',
    'fail medical.shelf',
    'fail medical.backup',
  ])
})

test('a database that is not there is named', async () => {
  const diagnosis = await examined(server.target({ databases: ['medical_record'] }))
  expect(find(diagnosis, 'medical.databases')).toMatchObject({
    severity: 'fail',
    value: { code: 'DATABASE_MISSING' },
  })
})

test('a container that does not exist leaves the rest to be looked at', async () => {
  const gone = server.target({ place: { kind: 'container', container: 'ops-test-gone' } })
  const diagnosis = await examined(gone)
  expect(find(diagnosis, 'medical.container')?.severity).toBe('fail')
  expect(find(diagnosis, 'medical.server')?.severity).toBe('unknown')
  expect(find(diagnosis, 'medical.shelf')?.severity).toBe('ok')
})

test('an engine that is down is one failure; what it hides is unknown', async () => {
  const socketPath = join(folder, 'docker.sock')
  const down = dockerEngine(async () => {
    const { default: Docker } = await import('dockerode')
    return { docker: new Docker({ socketPath }), endpoint: `unix://${socketPath}`, local: true }
  })
  const diagnosis = await examined(server.target(), { engine: down })
  expect(find(diagnosis, 'host.engine')?.severity).toBe('fail')
  expect(find(diagnosis, 'medical.container')?.severity).toBe('unknown')
  expect(find(diagnosis, 'medical.shelf')?.severity).toBe('ok')
})

test('a standalone cannot be brought back to a moment, and a stopped one is found stopped', async () => {
  const standalone = await startMongoServer({ standalone: true })
  try {
    await loadPatients(standalone.client, 50)
    const running = await examined(standalone.target())
    expect(find(running, 'medical.point-in-time')?.severity).toBe('warn')
    expect(
      find(await examined(standalone.target({ pointInTime: true })), 'medical.point-in-time')
        ?.severity,
    ).toBe('fail')

    await backUp(standalone.target())
    await execa('docker', ['stop', '--time', '10', standalone.container])
    const stopped = await examined(standalone.target())
    expect(find(stopped, 'medical.container')).toMatchObject({ severity: 'fail' })
    expect(find(stopped, 'medical.sign-in')?.severity).toBe('unknown')
    // What the next backup takes is still known: like the last one.
    expect(find(stopped, 'medical.space')?.severity).toBe('ok')
    expect(find(stopped, 'medical.backup')?.severity).toBe('ok')
  } finally {
    await standalone.remove()
  }
})
