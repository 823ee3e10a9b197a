import type { Namespace } from '../../ports/documents.js'
import type { OperationsSession, SearchBound } from '../../ports/operations.js'
import type { Space } from '../../ports/premises.js'

/** Milliseconds for one collection. */
const patience = 60_000

/** Part of the disk that stays free whatever a search writes: a server whose disk is full stops. */
const free = 0.1

/** A search that leaves the disk of the server alone. */
export const withoutDisk: SearchBound = { milliseconds: patience, disk: false }

/** Whether what a search may write, which is as much as all documents, leaves a tenth of a disk free. */
function leavesRoom(space: Space | undefined, bytes: number): boolean {
  return space !== undefined && space.freeBytes - bytes >= free * space.totalBytes
}

/** The bound of a search of one collection that somebody named: its server's disk may be used where that has the room. */
export async function boundOf(
  namespace: Namespace,
  session: Pick<OperationsSession, 'space' | 'documentBytes'>,
): Promise<SearchBound> {
  const [space, bytes] = await Promise.all([session.space(), session.documentBytes(namespace)])
  return { milliseconds: patience, disk: leavesRoom(space, bytes) }
}

/** What bounded a search, in words. */
export function boundText({ milliseconds, disk }: SearchBound): string {
  const seconds = (milliseconds / 1000).toString()
  return disk
    ? `searched within ${seconds} s, with 100 MB of memory of the server, and its disk, which keeps a tenth free`
    : `searched within ${seconds} s and 100 MB of memory of the server, without its disk`
}
