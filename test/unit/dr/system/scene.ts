import { Failure } from '../../../../src/domain/failure.js'
import { Secret } from '../../../../src/domain/secret.js'
import type { Target } from '../../../../src/domain/target.js'
import type { ComposeProject } from '../../../../src/ports/compose.js'
import type { World } from '../../../../src/ports/world.js'
import { findSystem } from '../../../../src/procedures/dr/system/findSystem.js'
import { recoverSystem } from '../../../../src/procedures/dr/system/recoverSystem.js'
import type { SystemRequest } from '../../../../src/procedures/dr/system/request.js'
import { takeBackup } from '../../../../src/procedures/backup/takeBackup.js'
import { bringSlices } from '../../../../src/procedures/copies/bringSlices.js'
import { takeSlices } from '../../../../src/procedures/oplog/takeSlices.js'
import { FakePlace } from '../../../fakes/copyPlace.js'
import { healthcare, service } from '../../../fakes/project.js'
import { FakeFolder } from '../../../fakes/recoveryFolder.js'
import { carriedOut, compression, medical } from '../../../fakes/world.js'
import { stackScene } from '../../stack/scene.js'

export const { signal } = new AbortController()

const target: Target = {
  ...medical,
  credentials: {
    username: { from: 'value', value: new Secret('root') },
    password: { from: 'value', value: new Secret('k@n:a/r?y') },
    authSource: 'admin',
  },
}

/** The hospital's project as a folder has it: a script is mounted, the loader writes to a folder. */
export const project: ComposeProject = {
  ...healthcare,
  services: {
    ...healthcare.services,
    mongodb: service('mongodb', {
      mounts: [{ type: 'bind', source: '/srv/stack', destination: '/stack', readOnly: true }],
    }),
  },
  volumes: [{ key: 'mongo_data', name: 'healthcare_mongo_data', external: false }],
}

/** A hospital whose backups lie at a place as well. */
export async function hospital(
  copies = 1,
  keepImages = false,
  { seesUsers = true, oplog = false } = {},
) {
  const scene = stackScene(undefined, 'stands')
  scene.project.project = project
  const place = new FakePlace()
  const texts = new Map([
    ['/srv/docker-compose.yml', 'services: {mongodb: {image: "${IMAGE:?}"}}\n'],
    ['/srv/ops.yaml', 'version: 1\n'],
    ['/srv/.env', 'IMAGE=ops-mongo:6.0.5\n'],
    ['/srv/stack/start.sh', 'exec mongod\n'],
  ])
  const world: World = {
    ...scene.world,
    copies: [place],
    files: {
      text: (path) => Promise.resolve(texts.get(path)),
      below: (path) =>
        Promise.resolve(
          [...texts]
            .filter(([name]) => name.startsWith(`${path}/`))
            .map(([name, text]) => ({ path: name, text, mode: 0o755 })),
        ),
      commit: () => Promise.resolve({ id: 'f00d', changed: false }),
    },
  }
  scene.server.collection('medical_records', 'healthcare_data', [{ _id: 1 }, { _id: 2 }], ['a_1'])
  scene.supplies.images.add('ops-mongo:6.0.5')
  const kit = {
    configurationFile: '/srv/ops.yaml',
    plainPasswords: [],
    targets: [target],
    keepImages,
  }
  if (!seesUsers) {
    const refused = new Failure('environment', 'MONGO_UNAUTHORIZED', 'not yours to see', ['grant'])
    const connect = scene.server.connect.bind(scene.server)
    scene.server.connect = async () => ({
      ...(await connect()),
      users: () => Promise.reject(refused),
    })
  }
  const ids: string[] = []
  for (let count = 0; count < copies; count++) {
    if (oplog) scene.server.oplog.write()
    const plan = await takeBackup.plan({ target, compression, safety: false, kit }, world)
    ids.push((await carriedOut(plan, world)).result.id)
    scene.clock.advance(60_000)
  }
  return { ...scene, world, place, target, ids, kit, good: scene.server.state()['medical_records'] }
}

/** Takes slices of the hospital's oplog, and brings them to its place. */
export async function slicesBehind(
  { world, server, place, target: of }: Awaited<ReturnType<typeof hospital>>,
  count = 1,
): Promise<void> {
  const watch = { signal, warn: () => undefined }
  for (let at = 0; at < count; at++) {
    server.oplog.write({ op: 'n', ns: '', o: { msg: 'periodic noop' } })
    await takeSlices({ target: of, compression, command: 'test' }, world, watch)
  }
  await bringSlices(of, place, world, signal)
}

/** A bare host: its engine has nothing but the images. */
export function bareHost(place: FakePlace, waiting: 'passes' | 'stands' = 'passes') {
  const scene = stackScene([], waiting)
  scene.project.project = project
  const folder = new FakeFolder()
  const changes: { -readonly [Key in keyof SystemRequest]?: SystemRequest[Key] } = {}
  const request = async (): Promise<SystemRequest> => {
    const found = await findSystem(place, {}, signal)
    const { stack } = scene.world
    if (!stack) throw new Error('the scene has a stack')
    return {
      place,
      found,
      folder,
      files: found.kit.files,
      replay: true,
      keepFiles: false,
      stack,
      staged: stack,
      planning: scene.world.compose,
      targets: [target],
      sources: scene.world,
      compression,
      timeoutSeconds: 10,
      again: 'ops dr system --from /mnt/usb',
      signal,
      ...changes,
    }
  }
  const plan = async () => recoverSystem.plan(await request(), scene.world)
  const recover = async () => {
    const decided = await plan()
    return scene.run(decided).finally(() => decided.release?.())
  }
  return { ...scene, folder, changes, request, plan, recover }
}
