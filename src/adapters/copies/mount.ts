import { stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Failure } from '../../domain/failure.js'
import type { DirectoryPlace } from '../../domain/copyPlace.js'
import { isMissing } from '../disk/durable.js'
import { isMountPoint } from '../disk/mountPoint.js'

/** What decides whether a disk is mounted where the copies go. Devices are numbers of file systems (stat(2)). */
export interface MountFacts {
  /** Of the folder, or where it is not made yet, of the closest one above it. */
  readonly device: number
  /** Whether the folder itself is there. */
  readonly made: boolean
  readonly shelfDevice?: number
  readonly rootDevice: number
  readonly mountPoint: boolean
}

/**
 * Why the folder is not on a disk of its own; nothing where it is. A folder of the machine's root file system counts only
 * if something is mounted exactly there: it is what an unplugged disk leaves behind.
 */
export function whyNotMounted(facts: MountFacts): string | undefined {
  const { device, made, shelfDevice, rootDevice, mountPoint } = facts
  if (mountPoint) return undefined
  if (!made && (device === rootDevice || device === shelfDevice)) return 'it is not there'
  if (device === shelfDevice) return 'it lies on the same file system as the shelf'
  return device === rootDevice ? "it lies on this machine's own disk" : undefined
}

/** Throws `COPY_NOT_MOUNTED` (environment) unless a disk is mounted for the place, or it needs none. */
export async function requireMounted(
  { name, path, requireMount }: DirectoryPlace,
  shelf: string,
): Promise<void> {
  if (!requireMount) return
  const [made, shelfDevice] = [await deviceOf(path), await deviceOf(shelf)]
  const why = whyNotMounted({
    device: made ?? (await deviceAbove(path)),
    made: made !== undefined,
    ...(shelfDevice === undefined ? {} : { shelfDevice }),
    rootDevice: (await stat('/')).dev,
    mountPoint: await isMountPoint(path),
  })
  if (why === undefined) return
  throw new Failure(
    'environment',
    'COPY_NOT_MOUNTED',
    `the disk of "${name}" is not mounted: ${path}: ${why}`,
    [
      `mount ${path}`,
      `findmnt --target ${path}`,
      'requireMount: false in ops.yaml, if that is meant',
    ],
  )
}

async function deviceOf(path: string): Promise<number | undefined> {
  const found = await stat(path).catch((error: unknown) => {
    if (isMissing(error)) return undefined
    throw error
  })
  return found?.isDirectory() === true ? found.dev : undefined
}

/** Ends at the root folder, which is always there. */
async function deviceAbove(path: string): Promise<number> {
  const above = dirname(path)
  return (await deviceOf(above)) ?? deviceAbove(above)
}

/** File systems that lie on another machine (statfs(2)): NFS, SMB, CIFS, SMB2, Ceph, AFS, 9p. */
const networkTypes = new Set([
  0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x00c36400, 0x5346414f, 0x01021997,
])

/** Whether a folder lies on another machine. */
export async function isOnNetwork(path: string): Promise<boolean> {
  return networkTypes.has((await statfs(path)).type)
}
