import { machineCsvFiles } from '../../src/adapters/csv/csvFiles.js'
import { tmpdir } from 'node:os'
import { ageCipher } from '../../src/adapters/age/cipher.js'
import { dockerClient } from '../../src/adapters/docker/client.js'
import { dataVolumes } from '../../src/adapters/dataFiles/dataVolumes.js'
import { writeGuards } from '../../src/adapters/dataFiles/writeGuards.js'
import { targetContainers } from '../../src/adapters/docker/containers.js'
import { dockerEngine } from '../../src/adapters/docker/engine.js'
import { ownContainers } from '../../src/adapters/docker/ownContainers.js'
import { containerPower } from '../../src/adapters/docker/power.js'
import { dockerSupplies } from '../../src/adapters/docker/supplies.js'
import { machineClock } from '../../src/adapters/host/clock.js'
import { machineFiles } from '../../src/adapters/host/projectFiles.js'
import { machineHost } from '../../src/adapters/host/host.js'
import { machineOwnCompose } from '../../src/adapters/host/ownCompose.js'
import { machineVariableFiles } from '../../src/adapters/host/variableFiles.js'
import { mongoAdapter } from '../../src/adapters/mongo/mongo.js'
import { sweepPipeFolders } from '../../src/adapters/pipes/pipeFolder.js'
import { whyUnpiped } from '../../src/adapters/pipes/pipeWorld.js'
import { folderKeptWrites } from '../../src/adapters/keptWrites/keptWrites.js'
import { folderImages } from '../../src/adapters/images/folderImages.js'
import { folderShelf } from '../../src/adapters/shelf/shelf.js'
import { folderSlices } from '../../src/adapters/slices/slices.js'
import { fileDrills } from '../../src/adapters/state/drills.js'
import { fileLocks } from '../../src/adapters/state/locks.js'
import { filePutBackLists } from '../../src/adapters/state/putBackLists.js'
import { fileReceipts } from '../../src/adapters/state/receipts.js'
import { sidecarMemory } from '../../src/adapters/tools/sidecarMemory.js'
import { toolsAdapter } from '../../src/adapters/tools/tools.js'
import type { OwnContainers } from '../../src/ports/ownContainers.js'
import type { Keys } from '../../src/ports/keys.js'
import type { Secrets } from '../../src/ports/secrets.js'
import type { Tools } from '../../src/ports/tools.js'
import type { World } from '../../src/ports/world.js'
import { noKeys } from '../fakes/keys.js'
import { fakeSamples } from '../fakes/samples.js'
import { FakeStack } from '../fakes/stack.js'

const client = () =>
  dockerClient({ environment: process.env, home: process.env['HOME'] ?? '/root' })
const secrets: Secrets = {
  resolve: (reference) =>
    reference.from === 'value'
      ? Promise.resolve(reference.value)
      : Promise.reject(new Error('only plain values here')),
  resolveText: () => Promise.reject(new Error('no keys from here')),
}

/** How the tools of a test differ from the usual ones. */
interface ToolsChanges {
  /** Folder for named pipes. */
  readonly temporary?: string
  readonly memoryBytes?: number
  readonly patience?: number
  /** What stands between the tools and the containers of ours. */
  readonly through?: (own: OwnContainers) => OwnContainers
}

/** The real tools, for targets whose containers tests started themselves. */
export function realTools(changes: ToolsChanges = {}): Tools {
  const { temporary = tmpdir(), memoryBytes, patience = 15_000 } = changes
  const host = machineHost('0.1.0')
  const engine = dockerEngine(client)
  const own = ownContainers(client, host)
  return toolsAdapter({
    containers: targetContainers(engine, new FakeStack([]).compose(), undefined),
    secrets,
    engine,
    environment: process.env,
    client,
    sidecar: {
      ownContainers: changes.through?.(own) ?? own,
      host,
      temporary,
      memoryBytes:
        memoryBytes === undefined ? sidecarMemory : { dump: memoryBytes, restore: memoryBytes },
      patience,
    },
  })
}

/** The real adapters over one folder; only compose is a fake, because these tests start containers themselves. */
export function realWorld(folder: string, keys: Keys = noKeys): World {
  const engine = dockerEngine(client)
  const compose = new FakeStack([]).compose()
  const containers = targetContainers(engine, compose, undefined)
  const host = machineHost('0.1.0')
  const own = ownContainers(client, host)
  return {
    clock: machineClock,
    host,
    ownCompose: machineOwnCompose,
    variableFiles: machineVariableFiles,
    csv: machineCsvFiles,
    engine,
    compose,
    mongo: mongoAdapter({ containers, secrets, client }),
    tools: realTools(),
    ownContainers: own,
    containers,
    power: containerPower(client),
    supplies: dockerSupplies(client),
    dataVolumes: dataVolumes(own, {
      temporary: tmpdir(),
      patience: 5_000,
      host,
      local: async () => whyUnpiped(await client()) === undefined,
    }),
    writeGuards: writeGuards({ containers, secrets, ownContainers: own }),
    pipes: { sweep: () => sweepPipeFolders(tmpdir()) },
    cipher: ageCipher,
    keys,
    secrets,
    files: machineFiles(process.env),
    locks: fileLocks(`${folder}/state`, machineClock, host, (name) => `${folder}/shelf/${name}`),
    receipts: fileReceipts(`${folder}/state`, host),
    drills: fileDrills(`${folder}/state`),
    samples: fakeSamples(),
    objectives: { rtoSeconds: 3600, rpoSeconds: 300 },
    putBackLists: filePutBackLists(`${folder}/state`),
    shelf: ({ name }) => folderShelf(`${folder}/shelf`, name),
    slices: ({ name }) => folderSlices(`${folder}/shelf`, name),
    keptWrites: ({ name }) => folderKeptWrites(`${folder}/shelf`, name),
    images: folderImages(`${folder}/shelf`),
    copies: [],
  }
}
