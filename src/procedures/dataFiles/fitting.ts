import type { Manifest } from '../../domain/manifest.js'
import { Failure } from '../../domain/failure.js'
import type { DataVolumeFacts } from '../../ports/dataVolumes.js'
import { optionOf } from './place.js'
import type { RestoreScene } from './scene.js'
import type { DataFilesSource } from './source.js'

/** Bytes left free on the volume: a server that finds its disk full stops. */
const reserve = 256 * 1024 * 1024

/**
 * Refuses files that the server could not start on, or would start on as somebody else. Throws `VERSION_MISMATCH`,
 * `REPLICA_SET_DIFFERS`, `STORAGE_OPTIONS_DIFFER` (refused), `VOLUME_TOO_SMALL` (space).
 */
export function requireFitting(
  { manifest, facts }: DataFilesSource,
  scene: RestoreScene,
  volume: DataVolumeFacts,
): void {
  if (release(manifest.serverVersion) !== release(volume.serverVersion))
    throw refused(
      'VERSION_MISMATCH',
      `the files are those of MongoDB ${manifest.serverVersion}, the container runs ${volume.serverVersion}: data files are only opened by the same release`,
    )
  requireSameSet(manifest, scene)
  const { command } = scene.container
  const perDatabase =
    scene.live?.storage.directoryPerDatabase ??
    (command.includes('--directoryperdb') ? true : undefined)
  const forIndexes =
    scene.live?.storage.directoryForIndexes ??
    (command.includes('--wiredTigerDirectoryForIndexes') ? true : undefined)
  if ((perDatabase ?? facts.directoryPerDatabase) !== facts.directoryPerDatabase)
    throw refused('STORAGE_OPTIONS_DIFFER', other('directoryPerDB', facts.directoryPerDatabase))
  if ((forIndexes ?? facts.directoryForIndexes) !== facts.directoryForIndexes)
    throw refused('STORAGE_OPTIONS_DIFFER', other('directoryForIndexes', facts.directoryForIndexes))
  const needed = manifest.rawBytes + reserve
  if (volume.freeBytes < needed)
    throw new Failure(
      'space',
      'VOLUME_TOO_SMALL',
      `the data volume has ${megabytes(volume.freeBytes)} MB free, and the restored files need ${megabytes(needed)} MB beside those that are there`,
      ['df -h', 'ops restore --forget-old'],
      { facts: { freeBytes: volume.freeBytes, neededBytes: needed } },
    )
}

function requireSameSet(manifest: Manifest, { container, live }: RestoreScene): void {
  const set = live ? live.server.replicaSet : optionOf(container.command, 'replSet')
  const known = live !== undefined || set !== undefined
  if (known && set !== manifest.replicaSet)
    throw refused(
      'REPLICA_SET_DIFFERS',
      `the files are those of ${setName(manifest.replicaSet)}, the server is of ${setName(set)}: it would not start as a member of it`,
    )
  const members = manifest.dataFiles?.members ?? []
  const now = live?.storage.members ?? []
  if (now.length > 0 && members.length > 0 && now.join() !== members.join())
    throw refused(
      'REPLICA_SET_DIFFERS',
      `the files name ${members.join(', ')} as the set, the server is in that of ${now.join(', ')}: it would not find itself in it`,
    )
}

function setName(name: string | undefined): string {
  return name === undefined ? 'a standalone' : `replica set ${name}`
}

function other(option: string, wanted: boolean): string {
  return `the files were laid out with ${option} ${wanted ? 'on' : 'off'}, the server runs with it ${wanted ? 'off' : 'on'}`
}

type Unfit = 'VERSION_MISMATCH' | 'REPLICA_SET_DIFFERS' | 'STORAGE_OPTIONS_DIFFER'

function refused(code: Unfit, message: string): Failure {
  return new Failure('refused', code, message, ['ops backup list', 'ops restore latest'])
}

/** `6.0` of `6.0.5`. */
function release(version: string): string {
  return version.split('.').slice(0, 2).join('.')
}

function megabytes(bytes: number): string {
  return Math.ceil(bytes / 1e6).toString()
}
