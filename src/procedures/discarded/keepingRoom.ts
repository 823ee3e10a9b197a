import { asBuffer } from '../../archive/asBuffer.js'
import { WriteTally } from '../../archive/oplog/writeTally.js'
import { look } from '../../checks/doctor/look.js'
import type { Discarded } from '../../domain/discarded.js'
import { isAfter } from '../../domain/oplog/optime.js'
import type { RestorePoint } from '../../domain/restorePoint.js'
import type { Target } from '../../domain/target.js'
import type { MongoSession } from '../../ports/mongo.js'
import type { World } from '../../ports/world.js'
import { reserve } from '../backup/space.js'
import type { IsCounted } from './replaced.js'

/** Entries that are weighed, of whatever they are, and seconds for it. */
const sample = { entries: 2_000, seconds: 5 }

/** Bytes of an operation in the oplog where none can be weighed. */
const usualBytes = 512

/** The room on the shelf, beside what else the restore puts there, in bytes. */
export interface KeepingRoom {
  readonly free: number
  /** What the file will probably take: half of the bytes in the oplog, as gzip does better than that. */
  readonly expected: number
  readonly folder: string
}

/** What is to be kept, and what else is put on the shelf before it. */
interface RoomQuestion {
  readonly target: Target
  readonly point: RestorePoint | undefined
  readonly isReplaced: IsCounted
  readonly discarded: Discarded
  /** Bytes of the safety backup, where one is taken. */
  readonly safety: number
}

/**
 * Reckons how much room the writes take that a restore discards: as many as were counted, each as large as the first ones in the oplog
 * are. Throws what looking at the shelf throws.
 */
export async function keepingRoom(
  { target, point, isReplaced, discarded, safety }: RoomQuestion,
  session: Pick<MongoSession, 'oplog'> | undefined,
  { shelf, clock }: Pick<World, 'shelf' | 'clock'>,
  signal = new AbortController().signal,
): Promise<KeepingRoom> {
  const { operations } = discarded
  const weighed =
    operations > 0 && point && session
      ? await look({ clock, signal }, sample.seconds, (within) =>
          weigh(session, point, isReplaced, within),
        )
      : undefined
  const each = weighed?.state === 'seen' ? weighed.facts : undefined
  const place = shelf(target)
  return {
    free: (await place.freeBytes()) - safety,
    expected: Math.ceil((operations * (each ?? usualBytes)) / 2),
    folder: place.folder,
  }
}

/** Whether the file fits, and what is to stay free beside it. */
export function hasRoom({ free, expected }: KeepingRoom): boolean {
  return free >= expected + reserve
}

/** Both figures, in words. */
export function roomWords({ free, expected, folder }: KeepingRoom): string {
  return `they take about ${megabytes(expected)} MB, and ${folder} will have ${megabytes(Math.max(0, free))} MB free, of which ${megabytes(reserve)} MB are to stay free`
}

/** Bytes of an operation, as the oplog has it; nothing where none of those that are looked at is wanted. */
async function weigh(
  { oplog }: Pick<MongoSession, 'oplog'>,
  { at }: RestorePoint,
  isReplaced: IsCounted,
  signal: AbortSignal,
): Promise<number | undefined> {
  const window = await oplog.window()
  if (!window) return undefined
  const from = isAfter(window.oldest, at) ? window.oldest : at
  const tally = new WriteTally(isReplaced)
  let [bytes, known] = [0, 0]
  for await (const entry of oplog.entries(from, window.newest, signal)) {
    tally.take(asBuffer(entry))
    const operations = tally.operations()
    // A large transaction counts with its last entry alone, and so do its bytes.
    if (operations > known) bytes += entry.length
    known = operations
    if (tally.entries >= sample.entries) break
  }
  return known === 0 ? undefined : bytes / known
}

function megabytes(bytes: number): string {
  return Math.ceil(bytes / 1e6).toString()
}
