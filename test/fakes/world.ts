import { carryOut } from '../../src/procedures/carryOut.js'
import type { Plan } from '../../src/procedures/plan.js'
import type { ProgressEvent } from '../../src/procedures/progress.js'
import { Secret } from '../../src/domain/secret.js'
import type { Target } from '../../src/domain/target.js'
import type { World } from '../../src/ports/world.js'
import type { Keys } from '../../src/ports/keys.js'
import { fakeCipher } from './cipher.js'
import { FakeCsvFiles } from './csvFiles.js'
import { fakeClock } from './clock.js'
import { FakeDataVolumes } from './dataVolumes.js'
import { fakeDrills } from './drills.js'
import { fakeHost } from './host.js'
import { FakeImages } from './keptImages.js'
import { FakeKeptWrites } from './keptWrites.js'
import { noKeys } from './keys.js'
import { fakeLocks } from './locks.js'
import { fakePutBackLists } from './putBackLists.js'
import { fakeReceipts } from './receipts.js'
import { FakeOwnContainers } from './ownContainers.js'
import { FakeServer } from './server.js'
import { fakeSamples } from './samples.js'
import { FakeShelf } from './shelf.js'
import { FakeSlices } from './slices.js'
import { container, FakeStack } from './stack.js'
import { FakeSupplies } from './supplies.js'
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
export function fakeWorld(keys: Keys = noKeys) {
  const clock = fakeClock()
  const server = new FakeServer()
  const shelf = new FakeShelf()
  const slices = new FakeSlices()
  const keptWrites = new FakeKeptWrites()
  const stack = new FakeStack([
    container('mongodb', {
      mounts: [{ type: 'volume', source: 'mongo_data', destination: '/data/db' }],
      command: ['bash', '/stack/start.sh', 'mongod', '--replSet=rs0'],
    }),
    container('migration_app', { state: 'exited' }),
    container('api'),
  ])
  const ownContainers = new FakeOwnContainers()
  const supplies = new FakeSupplies()
  const images = new FakeImages()
  const leftPipes: string[] = []
  const dataVolumes = new FakeDataVolumes()
  const guards = new FakeWriteGuards()
  const locks = fakeLocks()
  const receipts = fakeReceipts()
  const drills = fakeDrills()
  const samples = fakeSamples(clock)
  const putBackLists = fakePutBackLists()
  const texts = new Map<string, string>()
  const csv = new FakeCsvFiles()
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
    supplies,
    dataVolumes,
    writeGuards: guards,
    pipes: { sweep: () => Promise.resolve(leftPipes.splice(0)) },
    cipher: fakeCipher,
    keys,
    secrets: {
      resolve: (reference) =>
        Promise.resolve(reference.from === 'value' ? reference.value : new Secret('fetched')),
      resolveText: () => Promise.resolve(new Secret('fetched')),
    },
    files: {
      text: (path) => Promise.resolve(texts.get(path)),
      below: (path) =>
        Promise.resolve(
          [...texts]
            .filter(([name]) => name === path || name.startsWith(`${path}/`))
            .map(([name, text]) => ({ path: name, text, mode: 0o644 })),
        ),
      commit: () => Promise.resolve({ id: 'f00d', changed: false }),
    },
    ownCompose: {
      text: (path) => Promise.resolve(texts.get(path)),
      write(path, text) {
        texts.set(path, text)
        return Promise.resolve()
      },
      publish(path, text) {
        texts.set(path, text)
        return Promise.resolve()
      },
      remove(path) {
        texts.delete(path)
        return Promise.resolve()
      },
    },
    variableFiles: {
      text: (path) => Promise.resolve(texts.get(path)),
      replace(path, text) {
        texts.set(path, text)
        return Promise.resolve()
      },
      remove(path) {
        texts.delete(path)
        return Promise.resolve()
      },
    },
    csv,
    locks,
    receipts,
    drills,
    samples,
    objectives: { rtoSeconds: 3600, rpoSeconds: 300 },
    putBackLists,
    stack: { composeFiles: ['/srv/docker-compose.yml'], directory: '/srv', project: 'healthcare' },
    shelf: () => shelf,
    slices: () => slices,
    keptWrites: () => keptWrites,
    images,
    copies: [],
  }
  return {
    world,
    server,
    shelf,
    slices,
    keptWrites,
    ownContainers,
    dataVolumes,
    guards,
    supplies,
    images,
    leftPipes,
    stack,
    locks,
    receipts,
    drills,
    samples,
    putBackLists,
    clock,
    csv,
    texts,
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
