import { machineCsvFiles } from '../../../src/adapters/csv/csvFiles.js'
import { dockerClient } from '../../../src/adapters/docker/client.js'
import { targetContainers } from '../../../src/adapters/docker/containers.js'
import { dockerEngine } from '../../../src/adapters/docker/engine.js'
import { machineClock } from '../../../src/adapters/host/clock.js'
import { mongoAdapter } from '../../../src/adapters/mongo/mongo.js'
import { machineProbes } from '../../../src/adapters/probes/machineProbes.js'
import { Failure } from '../../../src/domain/failure.js'
import { Secret } from '../../../src/domain/secret.js'
import type { Target } from '../../../src/domain/target.js'
import type { Probes } from '../../../src/ports/probes.js'
import type { Secrets } from '../../../src/ports/secrets.js'
import { lookAtData } from '../../../src/procedures/declared/lookAtData.js'
import { FakeStack } from '../../fakes/stack.js'

/** What a test has of the world besides this machine. */
interface Changes {
  /** Of the compose project whose services are asked. */
  readonly project?: string
  readonly targets?: readonly Target[]
  readonly environment?: Readonly<Record<string, string | undefined>>
}

/** A secret that stands in the test itself. */
export const plain = (value: string) => ({ from: 'value' as const, value: new Secret(value) })

/** A signal that nobody gives. */
export const calm = new AbortController().signal

const secrets: Secrets = {
  resolve: (reference) =>
    reference.from === 'value'
      ? Promise.resolve(reference.value)
      : reference.from === 'command'
        ? new Promise(() => undefined)
        : Promise.reject(new Failure('usage', 'SECRET_UNAVAILABLE', 'there is no such secret', [])),
  resolveText: () => Promise.reject(new Error('no keys from here')),
}

/** The real probes; only compose is a fake, because these tests start containers themselves. */
export function realProbes({
  project,
  targets = [],
  environment = process.env,
}: Changes = {}): Probes {
  const client = () =>
    dockerClient({ environment: process.env, home: process.env['HOME'] ?? '/root' })
  const engine = dockerEngine(client)
  const compose = new FakeStack([]).compose()
  const ofTargets = Object.fromEntries(targets.map((target) => [target.name, target]))
  const containers = targetContainers(engine, compose, undefined)
  const mongo = mongoAdapter({ containers, secrets, client })
  const csv = machineCsvFiles
  const ofMachine = machineProbes({
    client,
    engine,
    compose,
    containers,
    secrets,
    now: () => new Date(),
    environment,
    targets: ofTargets,
    ...(project === undefined
      ? {}
      : { stack: { project, composeFiles: ['/nowhere/compose.yaml'], directory: '/nowhere' } }),
  })
  return { ...ofMachine, data: lookAtData(ofTargets, { clock: machineClock, mongo, csv }) }
}

/** Aborts after so many milliseconds. */
export function overAfter(milliseconds: number): AbortSignal {
  const over = new AbortController()
  setTimeout(() => {
    over.abort(new Error('the time is up'))
  }, milliseconds)
  return over.signal
}
