import { Failure } from '../../../src/domain/failure.js'
import { memberFileName } from '../../../src/domain/replicaSet/memberFile.js'
import type { Receipt } from '../../../src/domain/receipt.js'
import type { Target } from '../../../src/domain/target.js'
import type { Compose } from '../../../src/ports/compose.js'
import type { Containers } from '../../../src/ports/containers.js'
import type { ServerFacts } from '../../../src/ports/mongo.js'
import type { World } from '../../../src/ports/world.js'
import { enablePointInTime } from '../../../src/procedures/replicaSet/enable.js'
import { undo } from '../../../src/procedures/restore/undo.js'
import { service } from '../../fakes/project.js'
import { container } from '../../fakes/stack.js'
import { carriedOut, compression, medical } from '../../fakes/world.js'
import { stackScene } from '../stack/scene.js'

const destination = '/data/db'
const mounts = [{ type: 'volume', source: 'mongo_data', destination }]

/** A standalone server with an API that writes to it, as a service of the hospital's project. */
export function standaloneHospital() {
  const command = ['docker-entrypoint.sh', 'mongod']
  const server = container('mongodb', {
    configHash: 'as made',
    command,
    mounts: [{ type: 'volume', source: 'healthcare_mongo_data', destination }],
    addresses: { healthcare_default: '10.0.0.2' },
    ports: { '27017/tcp': [{ host: '127.0.0.1', port: 27017 }] },
  })
  const scene = stackScene([server, container('api')], 'stands')
  const { project, server: mongod } = scene
  project.project = {
    ...project.project,
    services: { ...project.project.services, mongodb: service('mongodb', { command, mounts }) },
  }
  mongod.facts = ofNoSet(mongod.facts)
  mongod.storage = { ...mongod.storage, members: [], authorization: true, keyFile: false }
  mongod.collection('medical_records', 'patients', [{ _id: 1 }, { _id: 2 }])
  const mischief: { make?: Error; loses?: 'as a member' | 'for good'; configHash?: string } = {}
  const fake = project.compose()
  const compose: Compose = {
    ...fake,
    configHash: async (...given) => mischief.configHash ?? (await fake.configHash(...given)),
    async start(stack, ...given) {
      for (const path of stack.composeFiles)
        if (path.endsWith(memberFileName) && (await world.ownCompose.text(path)) === undefined)
          throw new Failure('failed', 'COMPOSE_FAILED', `${path}: no such file`, ['ls'])
      return fake.start(stack, ...given)
    },
    make(stack, name) {
      const isMember = stack.composeFiles.some((path) => path.endsWith(memberFileName))
      project.stack.log.push(`make ${name} ${isMember ? 'a member' : 'a standalone'}`)
      if (mischief.make && isMember) return Promise.reject(mischief.make)
      const at = project.stack.containers.findIndex((one) => one.service === name)
      const now = isMember ? [...command, '--replSet=rs0'] : command
      project.stack.containers.splice(Math.max(at, 0), at < 0 ? 0 : 1, { ...server, command: now })
      mongod.facts = { ...ofNoSet(mongod.facts), primary: !isMember }
      const { loses } = mischief
      const kept = isMember || loses === 'for good' ? [{ _id: 1 }] : [{ _id: 1 }, { _id: 2 }]
      if (loses) mongod.collection('medical_records', 'patients', kept)
      return Promise.resolve()
    },
  }
  const finder = project.stack.finder()
  const find: Containers['find'] = async (named) => {
    const found = await finder.find(named)
    if (!found) throw notThere()
    return found
  }
  const world: World = {
    ...scene.world,
    compose,
    containers: { find, running: find },
    power: project.stack.power(),
  }
  const target: Target = {
    ...medical,
    place: { kind: 'service', service: 'mongodb' },
    databases: [],
    writers: [{ service: 'api', kind: 'service' }],
  }
  const { signal } = new AbortController()
  const planned = () =>
    enablePointInTime.plan({ target, timeoutSeconds: 10, compression, signal }, world)
  const enabled = async () => carriedOut(await planned(), world)
  const undone = async (receipt?: string, within = world) => {
    const request = { target: () => target, safetyBackup: true, compression }
    const named = receipt === undefined ? {} : { receipt }
    return carriedOut(await undo.plan({ ...request, ...named }, within), within)
  }
  const file = () => world.ownCompose.text(`/srv/${memberFileName}`)
  /** As if it had been killed after these steps. */
  const killed = async (receipt: Receipt, steps: readonly string[]) => {
    await scene.receipts.save({ ...receipt, state: 'started', steps, stopped: ['api'] })
    scene.receipts.gone.add(receipt.id)
  }
  return { ...scene, mongod, world, target, mischief, planned, enabled, undone, file, killed }
}

/** What finding a container says that compose has just taken away, or that nobody has made. */
export function notThere(): Failure {
  return new Failure('not-found', 'CONTAINER_NOT_FOUND', 'there is no container', ['ops stack up'])
}

/** The same server as a member of no set. */
export function ofNoSet({ version, primary, host }: ServerFacts): ServerFacts {
  return { version, primary, host }
}
