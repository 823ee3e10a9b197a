import type { ComposeDocument } from '../../domain/composeDocument.js'
import { Failure } from '../../domain/failure.js'
import type { Room } from '../../ports/laboratory.js'
import { scratchBytes } from '../trial/scratchScript.js'

const gigabyte = 1024 ** 3

/** What a drill will take. */
export interface RoomNeeded {
  readonly bytes: number
  readonly memoryBytes: number
}

/**
 * What a clone with so much data takes of the engine's machine: the data, as often as the scenario needs it, and for each
 * service what its limit allows, or as much as a server makes use of for this data.
 */
export function roomNeeded(
  rawBytes: number,
  copies: number,
  { services }: ComposeDocument,
): RoomNeeded {
  const used = Math.min(2 * gigabyte, gigabyte / 2 + rawBytes)
  const memory = Object.values(services).map(({ mem_limit: limit, deploy }) =>
    Math.min(used, bytesOf(limit ?? deploy?.resources?.limits?.memory) ?? used),
  )
  return {
    bytes: scratchBytes(rawBytes) + copies * rawBytes,
    memoryBytes: memory.reduce((sum, one) => sum + one, gigabyte / 2),
  }
}

/** compose writes bytes as a number or its digits. */
function bytesOf(limit: string | number | undefined): number | undefined {
  const bytes = Number(limit)
  return Number.isFinite(bytes) && bytes > 0 ? bytes : undefined
}

/** Throws `DRILL_NO_ROOM` (space) where the clone does not fit beside what is there. */
export function requireRoom(needed: RoomNeeded, found: Room): void {
  const short = [
    ...(found.freeBytes < needed.bytes
      ? [`${inGigabytes(needed.bytes)} of disk, ${inGigabytes(found.freeBytes)} are free`]
      : []),
    ...(found.freeMemoryBytes < needed.memoryBytes
      ? [
          `${inGigabytes(needed.memoryBytes)} of memory, ${inGigabytes(found.freeMemoryBytes)} are free`,
        ]
      : []),
  ]
  if (short.length === 0) return
  throw new Failure(
    'space',
    'DRILL_NO_ROOM',
    `a clone beside the real stack would need ${short.join('; ')}`,
    ['df -h', 'free -m', 'run the drill on another machine, from a copy of the backups'],
    { facts: { needed, found } },
  )
}

function inGigabytes(bytes: number): string {
  return `${(bytes / gigabyte).toFixed(1)} GiB`
}
