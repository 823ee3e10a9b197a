import { folderPlace } from '../adapters/copies/folderPlace.js'
import { damageFiles } from '../adapters/dataFiles/damage.js'
import {
  cloneContainer,
  drillPurpose,
  notOfClone,
  removeClone,
} from '../adapters/docker/cloneParts.js'
import { compose } from '../adapters/docker/compose.js'
import { composeDocument } from '../adapters/docker/composeDocument.js'
import { engineRoom } from '../adapters/docker/engineRoom.js'
import { ownLabels } from '../adapters/docker/ownLabels.js'
import { massDeletion } from '../adapters/mongo/massDeletion.js'
import { numberedWrites } from '../adapters/mongo/numberedWrites.js'
import { makeDrillFolder, sweepDrillFolders } from '../adapters/state/drillFolder.js'
import type { Config } from '../config/config.js'
import { stateFolder } from '../config/folders.js'
import type { Surroundings } from '../config/surroundings.js'
import type { ComposeDocument } from '../domain/composeDocument.js'
import type { Stack } from '../domain/target.js'
import { dataPlace, optionOf } from '../procedures/dataFiles/place.js'
import type { Clone, Laboratory } from '../ports/laboratory.js'
import type { World } from '../ports/world.js'
import { machineWorld, openWorld } from './world.js'

/** Where data files lie where nobody says anything else. */
const usual = '/data/db'

/** Where clones are made: beside the real stack on its engine, with folders of their own below the state folder. */
export function openLaboratory(
  config: Config,
  opsVersion: string,
  around: Surroundings,
  { host, ownContainers }: World,
): Laboratory {
  const { client } = machineWorld(around)
  const state = stateFolder(around)

  const open = async (document: ComposeDocument, real: Stack): Promise<Clone> => {
    const { name: project } = document
    const folder = await makeDrillFolder(state, project, host.pid)
    const stack: Stack = {
      // The document is read from standard input: it holds passwords.
      composeFiles: ['-'],
      project,
      directory: real.directory,
      ...(real.job === undefined ? {} : { job: real.job }),
    }
    const shelf = folder.shelf
    const ofClone: Config = {
      ...config,
      stack,
      backup: { ...config.backup, shelf, copies: [] },
    }
    const world = openWorld(ofClone, opsVersion, around, {
      state: folder.state,
      compose: compose(around.env, JSON.stringify(document)),
    })
    const { containers, secrets } = world
    return {
      project,
      stack,
      world,
      writes: numberedWrites({ containers, secrets, client }),
      bareFolder: folder.bare,
      place: folderPlace(
        { name: 'drill', type: 'directory', path: folder.place, requireMount: false },
        shelf,
      ),
      freeBytes: () => folder.freeBytes(),
      copyAway: ({ name }, entry, signal) => folder.copyAway(name, entry, signal),
      async vanish() {
        await removeClone(await client(), project)
        await folder.empty()
      },
      lend: ({ name }, entry, signal) => folder.lend(name, entry, signal),
      kill: async (service) => {
        await (await cloneContainer(await client(), project, service)).kill({ signal: 'SIGKILL' })
      },
      takeAway: async (service) => {
        await (await cloneContainer(await client(), project, service)).remove({ force: true })
      },
      async damage(target, service, signal) {
        const { id } = await cloneContainer(await client(), project, service)
        const facts = await world.engine.container(id)
        const place = dataPlace(target, facts, optionOf(facts?.command ?? [], 'dbpath') ?? usual)
        // Made by compose for this clone, and for nothing else.
        if (!place.volume.startsWith(`${project}_`)) throw notOfClone(service, project)
        return damageFiles(place, ownContainers, signal)
      },
      deleteMany: (target, from, signal) =>
        massDeletion(target, from, { containers, secrets, client }, signal),
      async remove() {
        try {
          await removeClone(await client(), project)
        } finally {
          await folder.remove()
        }
      },
    }
  }

  return {
    sweep: async () => [...(await ownContainers.sweep()), ...(await sweepDrillFolders(state))],
    document: (stack) => composeDocument(stack, around.env),
    room: ({ name }, image, signal) => engineRoom(ownContainers, name, image, signal),
    async name({ name }) {
      const labels = await ownLabels({ purpose: drillPurpose, target: name }, host)
      return { project: `ops-drill-${host.pid.toString()}-${host.token()}`, labels }
    },
    open,
  }
}
