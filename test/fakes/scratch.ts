import type { Target } from '../../src/domain/target.js'
import type { World } from '../../src/ports/world.js'
import { FakeOwnContainers, type FakeGreeting } from './ownContainers.js'
import { FakeServer } from './server.js'
import { container } from './stack.js'
import type { fakeWorld } from './world.js'

/** What a container with a mongod says first: the room it has (KiB), then that it listens. */
export const mongod =
  (freeKilobytes = 1e9): FakeGreeting =>
  () => ({
    stdout: `Filesystem 1024-blocks Used Available Capacity Mounted on\noverlay 2000000000 1 ${freeKilobytes.toString()} 1% /\n`,
    stderr: '{"id":23016,"msg":"Waiting for connections"}\n',
  })

/** A world whose engine starts scratch servers: each is this one server in memory. */
export function withScratch(
  scene: ReturnType<typeof fakeWorld>,
  greeting: FakeGreeting = mongod(),
  scratch = new FakeServer(),
) {
  const own = new FakeOwnContainers(() => ({}), greeting)
  const isScratch = ({ place }: Target) => place.kind === 'container'
  const engine = scene.stack.engine()
  const world: World = {
    ...scene.world,
    ownContainers: own,
    engine: {
      ...engine,
      container: (name) =>
        own.running.has(name)
          ? Promise.resolve(container('scratch', { name }))
          : engine.container(name),
    },
    mongo: { connect: (target) => (isScratch(target) ? scratch : scene.server).connect() },
    tools: {
      choose: (target) => (isScratch(target) ? scratch : scene.server).tools().choose(target),
    },
  }
  return { world, scratch, own }
}
