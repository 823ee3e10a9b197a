import type { Manifest } from '../../domain/manifest.js'
import type { EngineFacts } from '../../ports/engine.js'
import type { MongoSession } from '../../ports/mongo.js'
import type { World } from '../../ports/world.js'
import { lastCopy } from '../backup/catalog.js'
import { expectedBytes, requireSpace } from '../backup/space.js'
import type { BackupResult } from '../backup/takeBackup.js'
import { copiesAfter } from '../copies/afterBackup.js'
import type { Procedure } from '../plan.js'
import { requireWhole } from '../restore/requireWhole.js'
import { retentionAfter } from '../retention/afterBackup.js'
import type { RetentionSettings } from '../retention/examineShelf.js'
import { CopyRun } from './copyRun.js'
import type { CopyScene, DataFilesRequest } from './copyScene.js'
import { requireClear, requireCopyable } from './copyable.js'
import { expectedLockTime, requireWithin, type LockTime } from './lockTime.js'
import { dataPlace } from './place.js'

/** What taking a copy for its own sake needs to know. */
export interface TakeDataFilesRequest extends DataFilesRequest {
  /** Applied once the copy is good; absent: nothing is removed. */
  readonly retention?: RetentionSettings
}

/** Copies the data files while writes wait, and checks the copy while it is written. */
export const takeDataFiles: Procedure<TakeDataFilesRequest, BackupResult, World> = {
  id: 'backup --physical',
  summary: 'copy the data files while writes wait',

  async plan(request, world) {
    const { target } = request
    requireClear(world.keys, target)
    await requireWhole(target, world, request.settled)
    const session = await world.mongo.connect(target)
    const scene = await look(request, world, session).finally(() => session.close())
    const shelf = world.shelf(target)
    const last = lastCopy(await shelf.list())?.manifest
    const lock = expectedLockTime(scene.expected, last)
    requireWithin(lock, request.lockLimitSeconds)
    const file = fileBytes(scene.expected, request.compression.dataFilesLevel ?? 0, last)
    requireSpace(await shelf.freeBytes(), file, shelf.folder)
    const engine = await world.engine.facts()
    const run = new CopyRun(scene, world)
    const copies = copiesAfter(() => run.manifest, target, world, request.retention)
    const retention = retentionAfter(request.retention, target, () => copies.states(), world)
    return {
      command: 'backup',
      target: target.name,
      title: `copy the data files of ${target.name}`,
      facts: [
        ...factsOf(scene, lock, engine, shelf.folder),
        ...world.copies.map(({ name, where }) => ['Copy to', `${name} (${where})`] as const),
      ],
      loses: [],
      steps: [...run.steps(), ...copies.steps, ...retention.steps],
      holds: 'lock and receipt',
      receipt: () => ({
        writesLocked: run.mayBeLocked,
        ...(run.lock ? { writeLock: run.lock } : {}),
      }),
      result: () => {
        const retained = retention.done()
        return {
          ...finished(run.manifest),
          copies: copies.states(),
          ...(retained ? { pruned: retained } : {}),
          path: `${shelf.folder}/${finished(run.manifest).file}`,
        }
      },
    }
  },
}

function finished(manifest: Manifest | undefined): Manifest {
  if (!manifest) throw new Error('a backup has a result only after its last step')
  return manifest
}

async function look(
  request: DataFilesRequest,
  world: World,
  session: MongoSession,
): Promise<CopyScene> {
  const { target } = request
  const container = await world.containers.running(target)
  // Without a container there is nothing to ask further.
  if (!container) dataPlace(target, container, '')
  const storage = await session.storage()
  const server = await session.server()
  const place = dataPlace(target, container, storage.dbPath)
  requireCopyable(target, server.version, storage)
  if (!container) throw new Error('a place has a container')
  const databases = [...(await session.databases()), 'admin', 'config', 'local']
  const sizes = await session.sizes(databases)
  return {
    request,
    container,
    place,
    server,
    storage,
    expected: journalBytes + sizes.reduce((total, { storageBytes }) => total + storageBytes, 0),
  }
}

/**
 * Bytes the file will probably have: those of the data at the ratio of the last copy, where that was compressed in the same
 * way; else all of it, or most. Too little would be found while writes wait.
 */
function fileBytes(dataBytes: number, level: number, last: Manifest | undefined): number {
  if (last?.compression.level === level) return expectedBytes({ dataBytes, last })
  return Math.ceil(dataBytes * (level === 0 ? 1.1 : 0.8))
}

/** WiredTiger keeps one or two journal files of 100 MB each, mostly empty. */
const journalBytes = 150_000_000

function factsOf(
  { request, place, container, server, expected }: CopyScene,
  { seconds, measured }: LockTime,
  engine: EngineFacts,
  folder: string,
): readonly (readonly [string, string])[] {
  const expectedText = `about ${Math.ceil(seconds).toString()} s (${measured ? 'at the rate of the last copy' : 'a guess: none was measured yet'})`
  return [
    [
      'Copies',
      `${place.dbPath} of ${container.name}, on ${place.volume}: about ${expected.toString()} bytes, every database, users and roles`,
    ],
    [
      'Writes',
      `wait while the files are copied: ${expectedText}, never longer than ${request.lockLimitSeconds.toString()} s`,
    ],
    [
      'Server',
      `MongoDB ${server.version}${server.replicaSet === undefined ? '' : `, replica set ${server.replicaSet} of one: nobody else takes the writes meanwhile`}`,
    ],
    ...(engine.local
      ? []
      : [
          [
            'Engine',
            `remote (${engine.endpoint}): the volume is mounted there, and its bytes come over the network while writes wait`,
          ] as const,
        ]),
    ['To', folder],
  ]
}
