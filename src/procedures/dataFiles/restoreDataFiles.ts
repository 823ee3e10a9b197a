import { mayDropWrites } from '../../domain/dataFiles.js'
import { discardedLines, type Discarded } from '../../domain/discarded.js'
import type { Receipt } from '../../domain/receipt.js'
import { Failure } from '../../domain/failure.js'
import { restorePointOf } from '../../domain/restorePoint.js'
import type { Target } from '../../domain/target.js'
import type { MongoSession } from '../../ports/mongo.js'
import type { ShelfEntry } from '../../ports/shelf.js'
import type { World } from '../../ports/world.js'
import { countDiscarded } from '../discarded/countDiscarded.js'
import {
  decideKeeping,
  keepingFact,
  keepingPart,
  keepSteps,
  keptAnswer,
  markSteps,
} from '../discarded/keeping.js'
import { keepingRoom, type KeepingRoom } from '../discarded/keepingRoom.js'
import { isWrittenIn } from '../discarded/replaced.js'
import type { Compression } from '../backup/storeStream.js'
import type { Plan, Procedure, Step } from '../plan.js'
import type { Comparison } from '../restore/compare.js'
import type { RestoreResult } from '../restore/restore.js'
import { stoppedBefore, unfinished } from '../restore/unfinished.js'
import { runningWriters, startWriters, stopWriters, WriterState } from '../restore/writers.js'
import { Downtime, exchangeSteps } from './exchangeSteps.js'
import { requireFitting } from './fitting.js'
import { prove } from './proof.js'
import { findScene, type RestoreScene } from './scene.js'
import { findDataFiles, unchanged, type DataFilesSource } from './source.js'

/** What a restore of data files needs to know. */
export interface DataFilesRestoreRequest {
  readonly target: Target
  /** The copy, found on the shelf. */
  readonly entry: ShelfEntry
  readonly compression: Compression
  /** Whether the writes that it discards are kept where they can be; not, where it is left out. */
  readonly keepDiscarded?: boolean
}

/**
 * Puts the data files of a copy in place of those that are there, which stay beside them on the volume. The server need not
 * run, nor have any files: only its container must be there.
 */
export const restoreDataFiles: Procedure<DataFilesRestoreRequest, RestoreResult, World> = {
  id: 'restore',
  summary: 'replace the data files by those of a copy, and prove it',

  async plan({ target, entry, compression, keepDiscarded: wanted }, world) {
    await requireNothingCutOff(target, world)
    const source = await findDataFiles(entry, world.shelf(target), world.clock)
    const scene = await findScene(target, source.facts.dbPath, world)
    const volume = await world.dataVolumes.look(scene.place, new AbortController().signal)
    requireFitting(source, scene, volume)
    const writers = await runningWriters(target, world, await stoppedBefore(target, world))
    const state = new WriterState(writers)
    const folder = folderName(world)
    const downtime = new Downtime()
    const { discarded, room } = await discardedBy(source, scene, target, world)
    const point = restorePointOf(source)
    const writes = { target, point, isReplaced: isWrittenIn(everything), replaced: everything }
    const keeping =
      wanted === undefined
        ? undefined
        : // The files that are there now are put aside, and stay.
          decideKeeping({ ...writes, discarded, wanted, compression, room, isSaved: true }, world)
    const done: { comparison?: Comparison } = {}
    const began = world.clock.elapsed()
    const steps: readonly Step[] = [
      unpack(source, scene, folder, target, world),
      ...(mayDropWrites(source.facts) ? [keepLastWrites(source, scene, folder, world)] : []),
      ...stopWriters(state, world),
      ...keepSteps(keeping),
      ...exchangeSteps(
        {
          target,
          scene,
          folder,
          inPlace: 'restored',
          async check(session, context) {
            done.comparison = await prove(source.manifest, session, context)
          },
        },
        downtime,
        world,
      ),
      ...markSteps(keeping),
      ...startWriters(state, world),
    ]
    const plan: Plan<RestoreResult> = {
      command: 'restore',
      target: target.name,
      title: `restore ${target.name} from the data files of ${source.manifest.id}`,
      facts: [...factsOf(source, scene, volume.empty, state), ...keepingFact(keeping)],
      loses: [
        `every write to ${target.name} since ${source.manifest.consistentAt ?? source.manifest.takenAt}, in every database`,
        ...discardedLines(discarded),
        'users and roles: they become those of the copy, passwords as well',
      ],
      discarded,
      holds: 'lock and receipt',
      steps,
      receipt: () => ({
        dataFiles: { folder, inPlace: 'restored' },
        stopped: state.down,
        ...keepingPart(keeping),
        ...(done.comparison
          ? {
              proof: {
                collections: done.comparison.collections,
                source: source.manifest.id,
                sha256: source.manifest.sha256,
                downSeconds: downtime.seconds,
              },
            }
          : {}),
      }),
      result: (receipt) => ({
        id: source.manifest.id,
        target: target.name,
        into: null,
        collections: Object.fromEntries(
          Object.entries(done.comparison?.collections ?? {}).map(
            ([name, { documents, expected }]) => [name, { documents, expected }],
          ),
        ),
        dropped: [],
        seconds: Math.round(world.clock.elapsed() - began) / 1000,
        safetyBackup: null,
        ...keptAnswer(keeping),
        receipt: receipt?.id ?? null,
      }),
    }
    return plan
  },
}

/** Its files are exchanged as a whole. */
const everything = { databases: [] }

/** Everything that was written to the server since the copy: its files are exchanged as a whole. */
async function discardedBy(
  { manifest }: DataFilesSource,
  { live }: RestoreScene,
  target: Target,
  world: World,
): Promise<{ readonly discarded: Discarded; readonly room: KeepingRoom }> {
  const point = restorePointOf({ manifest })
  const asked = { target, point, isReplaced: isWrittenIn(everything) }
  const server = live ? await connected(target, world) : undefined
  try {
    const discarded = await countDiscarded(asked, server, world)
    return { discarded, room: await keepingRoom({ ...asked, discarded, safety: 0 }, server, world) }
  } finally {
    await server?.close()
  }
}

/** A server that went away since it was asked is one to be put right. */
async function connected(target: Target, { mongo }: World): Promise<MongoSession | undefined> {
  try {
    return await mongo.connect(target)
  } catch (error) {
    if (error instanceof Failure) return undefined
    throw error
  }
}

/**
 * What an exchange that was cut off left on the volume must be put back first: files would end up in the wrong place. Throws
 * `RESTORE_CUT_OFF` (refused), but for those that the caller deals with.
 */
export async function requireNothingCutOff(
  target: Target,
  world: World,
  but: readonly Receipt[] = [],
): Promise<void> {
  const known = new Set(but.map(({ id }) => id))
  const cutOff = (await unfinished(target, world)).find(
    ({ id, dataFiles }) => dataFiles !== undefined && !known.has(id),
  )
  if (!cutOff) return
  throw new Failure(
    'refused',
    'RESTORE_CUT_OFF',
    `"${cutOff.title}" of ${cutOff.startedAt} was cut off half-way, and the database may stand between two sets of files`,
    [`ops undo ${cutOff.id}`],
    { facts: { receipt: cutOff.id } },
  )
}

/** A name for the folder of an exchange, which no other exchange has. */
export function folderName({ clock, host }: Pick<World, 'clock' | 'host'>): string {
  const second = clock.now().toISOString().slice(0, 19).replaceAll(/[-:]/g, '')
  return `.ops-before-${second}Z-${host.token()}`
}

/** Beside the files in place: what goes wrong here goes wrong while the database runs on. */
export function unpack(
  source: DataFilesSource,
  { place }: RestoreScene,
  folder: string,
  target: Target,
  world: World,
): Step {
  const { rawBytes: expected } = source.manifest
  return {
    title: 'Unpack the files beside those in place, and prove every byte',
    effect: 'changes',
    // Where the way back failed, the folder holds the only good files.
    undoOnlyIfWhole: true,
    async run({ signal, amount }) {
      const tar = unchanged(source, world.shelf(target), world.clock, (bytes) => {
        amount({ bytes, expected })
      })
      await world.dataVolumes.unpack(place, folder, tar, signal)
    },
    undo: ({ signal }) => world.dataVolumes.forget(place, folder, signal),
  }
}

/** While the database still runs: once started on the files, its server would have dropped them. */
export function keepLastWrites(
  { facts }: DataFilesSource,
  { place }: RestoreScene,
  folder: string,
  world: World,
): Step {
  return {
    title: 'Keep the writes that were not journaled yet',
    effect: 'changes',
    run: ({ signal }) => world.dataVolumes.keepLastWrites(place, folder, facts, signal),
  }
}

function factsOf(
  { manifest, facts }: DataFilesSource,
  { container, place, live }: RestoreScene,
  empty: boolean,
  { writers }: WriterState,
): readonly (readonly [string, string])[] {
  const documents = Object.values(manifest.collections).reduce(
    (total, each) => total + each.documents,
    0,
  )
  return [
    [
      'Backup',
      `${manifest.id}, data files of ${manifest.consistentAt ?? manifest.takenAt}, every byte held against its manifest as it is unpacked, beside the files in place`,
    ],
    [
      'Holds',
      `${documents.toString()} documents in ${manifest.databases.join(', ')}; ${facts.files.toString()} files, MongoDB ${manifest.serverVersion}`,
    ],
    [
      'Server',
      `${container.name} is ${container.state}${live ? `, MongoDB ${live.server.version}` : ', and does not answer'}; it is stopped while the files are exchanged`,
    ],
    [
      'Volume',
      `${place.dbPath} on ${place.volume}${empty ? ', empty now' : ''}; the files that are there stay beside the new ones, and "ops undo" puts them back`,
    ],
    [
      'Writers',
      writers.stop.length > 0
        ? `stopped: ${writers.stop.join(', ')}; started again: ${writers.start.join(', ') || 'none'}`
        : 'none is running',
    ],
  ]
}
