import { dockerClient } from '../../src/adapters/docker/client.js'
import { dataVolumes } from '../../src/adapters/dataFiles/dataVolumes.js'
import { writeGuards } from '../../src/adapters/dataFiles/writeGuards.js'
import { targetContainers } from '../../src/adapters/docker/containers.js'
import { dockerEngine } from '../../src/adapters/docker/engine.js'
import { ownContainers } from '../../src/adapters/docker/ownContainers.js'
import { containerPower } from '../../src/adapters/docker/power.js'
import { machineClock } from '../../src/adapters/host/clock.js'
import { machineHost } from '../../src/adapters/host/host.js'
import { mongoAdapter } from '../../src/adapters/mongo/mongo.js'
import { folderShelf } from '../../src/adapters/shelf/shelf.js'
import { fileLocks } from '../../src/adapters/state/locks.js'
import { fileReceipts } from '../../src/adapters/state/receipts.js'
import { toolsAdapter } from '../../src/adapters/tools/tools.js'
import type { Secrets } from '../../src/ports/secrets.js'
import type { World } from '../../src/ports/world.js'
import { FakeStack } from '../fakes/stack.js'

/** The real adapters over one folder; only compose is a fake, because these tests start containers themselves. */
export function realWorld(folder: string): World {
  const client = dockerClient({ environment: process.env, home: process.env['HOME'] ?? '/root' })
  const engine = dockerEngine(() => client)
  const compose = new FakeStack([]).compose()
  const containers = targetContainers(engine, compose, undefined)
  const secrets: Secrets = {
    resolve: (reference) =>
      reference.from === 'value'
        ? Promise.resolve(reference.value)
        : Promise.reject(new Error('only plain values here')),
  }
  const host = machineHost('0.1.0')
  const own = ownContainers(() => client, host)
  return {
    clock: machineClock,
    host,
    engine,
    compose,
    mongo: mongoAdapter({ containers, secrets, client: () => client }),
    tools: toolsAdapter({
      containers,
      secrets,
      engine,
      environment: process.env,
      client: () => client,
    }),
    ownContainers: own,
    containers,
    power: containerPower(() => Promise.resolve(client)),
    dataVolumes: dataVolumes(own),
    writeGuards: writeGuards({ containers, secrets, ownContainers: own }),
    locks: fileLocks(`${folder}/state`, machineClock, host, (name) => `${folder}/shelf/${name}`),
    receipts: fileReceipts(`${folder}/state`, host),
    shelf: ({ name }) => folderShelf(`${folder}/shelf`, name),
  }
}
