import { Failure } from '../../domain/failure.js'
import type { DataPlace } from '../../ports/dataVolumes.js'
import type { OwnContainerRequest, OwnMount } from '../../ports/ownContainers.js'

/** Where a volume is mounted in a container of ours: at no path that an image declares a volume of its own for. */
const mountPoint = '/ops-data'

/** Where the folder of a pipe is mounted. */
export const pipeMount = '/ops-pipe'

/** The data folder in a container of ours. */
export function inside({ mountedAt, dbPath }: DataPlace): string {
  return mountPoint + dbPath.slice(mountedAt.length)
}

/** A container that sees a data volume, and nothing else but what is mounted besides. */
export function dataContainer(
  place: DataPlace,
  argv: readonly string[],
  may: 'read' | 'write',
  besides: readonly OwnMount[] = [],
): OwnContainerRequest {
  return {
    purpose: 'datafiles',
    target: place.target,
    image: place.image,
    argv,
    user: '0:0',
    network: { kind: 'none' },
    readOnlyRoot: true,
    // A shell of MongoDB wants a home, and a server a place for what it says.
    environment: { HOME: '/tmp' },
    temporary: ['/tmp'],
    mounts: [
      { source: place.volume, destination: mountPoint, readOnly: may === 'read' },
      ...besides,
    ],
    // mongod's files are readable by their owner only, and keep their owner when they are unpacked.
    capabilities:
      may === 'read' ? ['DAC_READ_SEARCH'] : ['DAC_OVERRIDE', 'CHOWN', 'FOWNER', 'FSETID'],
  }
}

/** Whether a container could not be made: an engine elsewhere, or in a file system of its own, knows no folder of ours. */
export function isUnmountable(error: unknown): boolean {
  return error instanceof Failure && error.code === 'OWN_CONTAINER_FAILED'
}
