import type { Finding } from '../../domain/finding.js'
import type { Target } from '../../domain/target.js'
import type { Clock } from '../../ports/clock.js'
import type { Mongo } from '../../ports/mongo.js'
import type { Shelf } from '../../ports/shelf.js'
import { check, type Check } from './check.js'
import { broken, doubtful, fine } from './finding.js'

/** What there is room for, and what is needed. */
export interface RoomEvidence {
  readonly freeBytes: number
  /** Bytes of the next backup, guessed high. */
  readonly neededBytes: number
  readonly guessedFrom: string
  /** When the newest backup says it was taken. */
  readonly newest?: Date
  readonly now: Date
}

/** Is there room for the next backups, and does the clock fit the backups that are there? */
export function roomCheck(target: Target, shelf: Shelf, mongo: Mongo, clock: Clock): Check {
  return check({
    id: `disk.${target.name}`,
    asks: `the room for backups of ${target.name}`,
    look: () => look(target, shelf, mongo, clock),
    judge: (evidence) => judgeRoom(target, evidence),
  })
}

async function look(
  target: Target,
  shelf: Shelf,
  mongo: Mongo,
  clock: Clock,
): Promise<RoomEvidence> {
  const now = clock.now()
  const freeBytes = await shelf.freeBytes()
  const last = (await shelf.list()).find(({ manifest }) => manifest.purpose === 'backup')
  if (last) {
    const { bytes, id, takenAt } = last.manifest
    return { freeBytes, neededBytes: bytes, guessedFrom: id, newest: new Date(takenAt), now }
  }
  const session = await mongo.connect(target)
  try {
    const names = target.databases.length > 0 ? target.databases : await session.databases()
    const sizes = await session.sizes(names)
    const neededBytes = sizes.reduce((sum, { dataBytes }) => sum + dataBytes, 0)
    return { freeBytes, neededBytes, guessedFrom: 'the size of the data', now }
  } finally {
    await session.close()
  }
}

/** A restore saves what is there first, so room for one backup alone is not enough. */
const comfortable = 3

/** Judges room and clock. */
export function judgeRoom({ name }: Target, evidence: RoomEvidence): readonly Finding[] {
  const { freeBytes, neededBytes, guessedFrom, newest, now } = evidence
  const id = `disk.${name}`
  const says = `${megabytes(freeBytes)} free, the next backup takes about ${megabytes(neededBytes)}`
  const because = `guessed from ${guessedFrom}`
  const next = ['df -h', 'ops backup list']
  const room =
    freeBytes < neededBytes
      ? broken(id, says, because, next, freeBytes)
      : freeBytes < neededBytes * comfortable
        ? doubtful(
            id,
            says,
            `${because}; a restore needs room for a safety backup too`,
            next,
            freeBytes,
          )
        : fine(id, says, because, freeBytes)
  if (!newest || newest.getTime() <= now.getTime() + 60_000) return [room]
  return [
    room,
    broken(
      `clock.shelf.${name}`,
      'the newest backup was taken in the future',
      `it says ${newest.toISOString()}, the clock here says ${now.toISOString()}`,
      ['timedatectl status'],
    ),
  ]
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6).toLocaleString('en')} MB`
}
