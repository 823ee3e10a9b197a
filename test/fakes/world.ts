import { carryOut } from '../../src/procedures/carryOut.js'
import type { Plan } from '../../src/procedures/plan.js'
import type { ProgressEvent } from '../../src/procedures/progress.js'
import type { Target } from '../../src/domain/target.js'
import type { World } from '../../src/ports/world.js'
import { fakeClock } from './clock.js'
import { FakeDataVolumes } from './dataVolumes.js'
import { fakeHost } from './host.js'
import { fakeLocks } from './locks.js'
import { fakeReceipts } from './receipts.js'
import { FakeOwnContainers } from './ownContainers.js'
import { FakeServer } from './server.js'
import { FakeShelf } from './shelf.js'
import { container, FakeStack } from './stack.js'
import { FakeWriteGuards } from './writeGuards.js'

/** The hospital's target, as the reference configuration has it. */
export const medical: Target = {
  name: 'medical',
  place: { kind: 'service', service: 'mongodb' },
  databases: ['medical_records'],
  writers: [
    { service: 'migration_app', kind: 'job' },
    { service: 'api', kind: 'service' },
  ],
  expectations: {},
  engine: 'auto',
  pointInTime: true,
}

/** Small enough for fakes, cut often. */
export const compression = { level: 1, workers: 2, blockBytes: 512 }

/** A whole world in memory, with its parts at hand. */
export function fakeWorld() {
  const clock = fakeClock()
  const server = new FakeServer()
  const shelf = new FakeShelf()
  const stack = new FakeStack([
    container('mongodb', {
      mounts: [{ type: 'volume', source: 'mongo_data', destination: '/data/db' }],
      command: ['bash', '/stack/start.sh', 'mongod', '--replSet=rs0'],
    }),
    container('migration_app', { state: 'exited' }),
    container('api'),
  ])
  const ownContainers = new FakeOwnContainers()
  const dataVolumes = new FakeDataVolumes()
  const guards = new FakeWriteGuards()
  const locks = fakeLocks()
  const receipts = fakeReceipts()
  const world: World = {
    // A watch that sleeps must not make a fake clock run.
    clock: { ...clock, sleep: () => new Promise(() => undefined) },
    host: fakeHost(),
    engine: stack.engine(),
    compose: stack.compose(),
    mongo: server,
    tools: server.tools(),
    ownContainers,
    containers: stack.finder(),
    power: stack.power(),
    dataVolumes,
    writeGuards: guards,
    locks,
    receipts,
    stack: { composeFiles: ['/srv/docker-compose.yml'], directory: '/srv', project: 'healthcare' },
    shelf: () => shelf,
  }
  return {
    world,
    server,
    shelf,
    ownContainers,
    dataVolumes,
    guards,
    stack,
    locks,
    receipts,
    clock,
  }
}

/** Carries a plan out; tells what was said. */
export async function carriedOut<Result>(
  plan: Plan<Result>,
  world: World,
  signal = new AbortController().signal,
) {
  const events: ProgressEvent[] = []
  const done = await carryOut(plan, world, { signal, tell: (event) => events.push(event) })
  return { ...done, events }
}
