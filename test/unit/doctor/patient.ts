import { targetContainers } from '../../../src/adapters/docker/containers.js'
import type { Configured, Patient } from '../../../src/checks/doctor/patient.js'
import { backupRules } from '../../../src/cli/doctor.js'
import { Secret } from '../../../src/domain/secret.js'
import type { Target } from '../../../src/domain/target.js'
import type { World } from '../../../src/ports/world.js'
import { FakePlace } from '../../fakes/copyPlace.js'
import { manifestFor } from '../../fakes/manifest.js'
import { container } from '../../fakes/stack.js'
import { fakeWorld, medical } from '../../fakes/world.js'
import { fakeMachine } from './scene.js'

/** Must turn up nowhere. */
const secret = { from: 'value' as const, value: new Secret('k@n:a/r?y') }
/** What `/srv/password` holds: it must turn up nowhere either. */
export const filed = 'correct horse battery staple'

const secrets: World['secrets'] = {
  resolve: (reference) =>
    Promise.resolve(reference.from === 'value' ? reference.value : new Secret(filed)),
  resolveText: () => Promise.resolve(new Secret(filed)),
}

/** The hospital's target, signed in to with a password from a file. */
export const target: Target = {
  ...medical,
  credentials: {
    username: secret,
    password: { from: 'file', path: '/srv/password' },
    authSource: 'admin',
  },
}

/** The reference stack with a backup of last night, and a machine to look at it from. */
export function scene() {
  const fake = fakeWorld()
  const { server, shelf, stack, clock } = fake
  server.collection('medical_records', 'healthcare_data', [{ _id: 1 }])
  server.facts = { ...server.facts, localTime: '2026-11-21T13:02:04.000Z' }
  stack.containers[0] = container('mongodb', { environment: { PASSWORD: 'k@n:a/r?y' } })
  const id = 'medical-20261121T020000Z'
  const manifest = manifestFor(id, Buffer.from('x'), {
    takenAt: '2026-11-21T02:00:00.000Z',
    tested: {
      at: '2026-11-21T02:10:00.000Z',
      serverVersion: '6.0.5',
      documents: 1,
      seconds: 1,
      secondsPerGigabyte: 30,
    },
    copies: [{ to: 'usb', state: 'ok', at: '2026-11-21T02:00:09.000Z' }],
  })
  shelf.manifests.set(id, manifest)
  shelf.files.set(`/shelf/medical/${manifest.file}`, Buffer.from('x'))

  const place = new FakePlace()
  const services = Object.fromEntries(
    ['mongodb', 'migration_app', 'api'].map((name) => [
      name,
      {
        name,
        image: `${name}:1`,
        environment: {},
        profiles: [],
        dependsOn: {},
        ports: [],
        volumes: [],
        healthcheck: false,
      },
    ]),
  )
  const compose = {
    ...stack.compose(),
    project: () => Promise.resolve({ name: 'healthcare', services, volumes: [] }),
  }
  const engine = stack.engine()
  const patientWith = (changes: Partial<World> = {}, machine = fakeMachine()): Patient => {
    const world: World = { ...fake.world, compose, engine, secrets, copies: [place], ...changes }
    const configured: Configured = {
      file: '/srv/ops.yaml',
      warnings: [],
      plainPasswords: [],
      targets: [target],
      backupAgeSeconds: 26 * 3600,
      rtoSeconds: 3600,
      world,
      containers: targetContainers(world.engine, world.compose, world.stack),
      strangers: { answered: () => Promise.resolve(false) },
      rules: backupRules(world),
    }
    return {
      engine: world.engine,
      compose: world.compose,
      // Deadlines of what hangs pass at once; nothing else is ever late.
      clock: { ...clock, sleep: (_, signal) => afterTheRest(signal) },
      machine,
      stateFolder: '/var/lib/ops',
      configuration: () => Promise.resolve(configured),
    }
  }
  return { ...fake, compose, engine, place, patientWith }
}

/** Resolves when everything that can go on has gone on. */
function afterTheRest(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, 50)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(signal.reason as Error)
    })
  })
}
