import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DockerClient } from '../adapters/docker/client.js'
import { ageCipher } from '../adapters/age/cipher.js'
import { fileLocks } from '../adapters/state/locks.js'
import { fileDrills } from '../adapters/state/drills.js'
import { filePutBackLists } from '../adapters/state/putBackLists.js'
import { fileReceipts } from '../adapters/state/receipts.js'
import { machineCsvFiles } from '../adapters/csv/csvFiles.js'
import { machineClock } from '../adapters/host/clock.js'
import { machineOwnCompose } from '../adapters/host/ownCompose.js'
import { machineVariableFiles } from '../adapters/host/variableFiles.js'
import { machineHost } from '../adapters/host/host.js'
import { folderKeptWrites } from '../adapters/keptWrites/keptWrites.js'
import { folderImages } from '../adapters/images/folderImages.js'
import { sidecarMemory } from '../adapters/tools/sidecarMemory.js'
import { sweepPipeFolders } from '../adapters/pipes/pipeFolder.js'
import { whyUnpiped } from '../adapters/pipes/pipeWorld.js'
import { rotatedLines } from '../adapters/lines/rotatedLines.js'
import { fileSamples } from '../adapters/samples/samples.js'
import { configuredKeys } from '../adapters/secrets/keys.js'
import { folderShelf } from '../adapters/shelf/shelf.js'
import { folderSlices } from '../adapters/slices/slices.js'
import type { Config } from '../config/config.js'
import { stateFolder } from '../config/folders.js'
import type { Surroundings } from '../config/surroundings.js'
import type { Compose } from '../ports/compose.js'
import type { ContainerPower } from '../ports/containerPower.js'
import type { Containers } from '../ports/containers.js'
import type { DataVolumes } from '../ports/dataVolumes.js'
import type { Engine } from '../ports/engine.js'
import type { Mongo } from '../ports/mongo.js'
import type { OwnContainers } from '../ports/ownContainers.js'
import type { ProjectFiles } from '../ports/projectFiles.js'
import type { Secrets } from '../ports/secrets.js'
import type { Tools } from '../ports/tools.js'
import type { World } from '../ports/world.js'
import type { WriteGuards } from '../ports/writeGuards.js'
import { openPlaces } from './copyPlaces.js'
import { later } from './later.js'
import { lazySupplies } from './lazySupplies.js'

/** The parts of the world that know nothing of `ops.yaml`. */
export interface MachineWorld {
  readonly engine: Engine
  readonly compose: Compose
}

/** Engine and compose, loaded when they are first asked for something. */
export function machineWorld({ env, home }: Surroundings): MachineWorld & {
  readonly client: () => Promise<DockerClient>
} {
  let client: Promise<DockerClient> | undefined
  const connected = () =>
    (client ??= import('../adapters/docker/client.js').then(({ dockerClient }) =>
      dockerClient({ environment: env, home }),
    ))
  return {
    client: connected,
    engine: later<Engine>(async () => {
      const { dockerEngine } = await import('../adapters/docker/engine.js')
      return dockerEngine(connected)
    }),
    compose: later<Compose>(async () => {
      const { compose } = await import('../adapters/docker/compose.js')
      return compose(env)
    }),
  }
}

/** Samples of a kind: two files of 4 MB at most. */
const sampleBounds = { fileBytes: 4 * 1024 * 1024, older: 1 }

/** What a clone of the stack has of its own. */
export interface Instead {
  readonly compose?: Compose
  /** Folder of receipts and locks. */
  readonly state?: string
}

/**
 * The world as `ops.yaml` describes it: every port with its adapter. Nothing is connected, and no heavy package is
 * loaded, before a port is asked for something.
 */
export function openWorld(
  config: Config,
  opsVersion: string,
  around: Surroundings,
  instead: Instead = {},
): World {
  const { client, engine, compose: ofTheMachine } = machineWorld(around)
  const compose = instead.compose ?? ofTheMachine
  const clock = machineClock
  const host = machineHost(opsVersion)
  const state = instead.state ?? stateFolder(around)
  const { stack } = config
  const { recipients, identities } = config.backup.encryption

  const containers = later<Containers>(async () => {
    const { targetContainers } = await import('../adapters/docker/containers.js')
    return targetContainers(engine, compose, stack)
  })
  const secrets = later<Secrets>(async () => {
    const { machineSecrets } = await import('../adapters/secrets/secrets.js')
    return machineSecrets({ engine, compose, ...(stack ? { stack } : {}) })
  })
  const ownContainers = later<OwnContainers>(async () => {
    const { ownContainers } = await import('../adapters/docker/ownContainers.js')
    return ownContainers(client, host)
  })
  return {
    clock,
    host,
    engine,
    compose,
    mongo: later<Mongo>(async () => {
      const { mongoAdapter } = await import('../adapters/mongo/mongo.js')
      return mongoAdapter({ containers, secrets, client })
    }),
    tools: later<Tools>(async () => {
      const { toolsAdapter } = await import('../adapters/tools/tools.js')
      return toolsAdapter({
        containers,
        secrets,
        engine,
        environment: around.env,
        client,
        sidecar: {
          ownContainers,
          host,
          temporary: tmpdir(),
          memoryBytes: sidecarMemory,
          patience: 15_000,
        },
      })
    }),
    ownContainers,
    containers,
    power: later<ContainerPower>(async () => {
      const { containerPower } = await import('../adapters/docker/power.js')
      return containerPower(client)
    }),
    supplies: lazySupplies(client),
    dataVolumes: later<DataVolumes>(async () => {
      const { dataVolumes } = await import('../adapters/dataFiles/dataVolumes.js')
      return dataVolumes(ownContainers, {
        temporary: tmpdir(),
        patience: 5_000,
        host,
        local: async () => whyUnpiped(await client()) === undefined,
      })
    }),
    writeGuards: later<WriteGuards>(async () => {
      const { writeGuards } = await import('../adapters/dataFiles/writeGuards.js')
      return writeGuards({ containers, secrets, ownContainers })
    }),
    pipes: { sweep: () => sweepPipeFolders(tmpdir()) },
    cipher: ageCipher,
    keys: configuredKeys(recipients, identities, secrets),
    secrets,
    files: later<ProjectFiles>(async () => {
      const { machineFiles } = await import('../adapters/host/projectFiles.js')
      return machineFiles(around.env)
    }),
    ownCompose: machineOwnCompose,
    variableFiles: machineVariableFiles,
    csv: machineCsvFiles,
    // The lock of a target's slices, `medical.oplog`, lies in their folder: names of targets hold no dot.
    locks: fileLocks(state, clock, host, (name) => join(config.backup.shelf, ...name.split('.'))),
    receipts: fileReceipts(state, host),
    drills: fileDrills(state),
    samples: fileSamples(state, clock, (folder, name) =>
      rotatedLines(folder, name, sampleBounds, { clock, host }),
    ),
    objectives: config.objectives,
    putBackLists: filePutBackLists(state),
    ...(stack ? { stack } : {}),
    shelf: ({ name }) => folderShelf(config.backup.shelf, name),
    slices: ({ name }) => folderSlices(config.backup.shelf, name),
    keptWrites: ({ name }) => folderKeptWrites(config.backup.shelf, name),
    images: folderImages(config.backup.shelf),
    copies: openPlaces(config.backup, { secrets, clock }),
  }
}
