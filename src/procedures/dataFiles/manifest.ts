import type { NamespaceContents } from '../../domain/contents.js'
import type { Manifest } from '../../domain/manifest.js'
import type { DataPlace } from '../../ports/dataVolumes.js'
import type { ContainerFacts } from '../../ports/engine.js'
import type { Host } from '../../ports/host.js'
import type { LiveNamespace, ServerFacts, StorageFacts } from '../../ports/mongo.js'
import type { Draft } from '../../ports/shelf.js'
import type { SeenUnderLock } from './underLock.js'

/** What the manifest of a copy is made from. */
export interface CopyFacts {
  readonly draft: Draft
  readonly target: string
  readonly startedAt: Date
  readonly finishedAt: Date
  readonly milliseconds: number
  readonly lockSeconds: number
  readonly server: ServerFacts
  readonly storage: StorageFacts
  readonly container: Pick<ContainerFacts, 'image' | 'imageId'>
  readonly place: DataPlace
  readonly seen: SeenUnderLock
  readonly host: Host
}

/** The manifest of a finished copy. Its trust is `sound`: tar left with exit code 0, and every header and length agreed. */
export function dataFilesManifest(facts: CopyFacts): Manifest {
  const { draft, server, storage, seen, host } = facts
  const { written } = seen
  const { owner, files, rawBytes } = written.contents
  return {
    schema: 1,
    id: draft.id,
    target: facts.target,
    purpose: 'backup',
    takenAt: facts.startedAt.toISOString(),
    finishedAt: facts.finishedAt.toISOString(),
    seconds: Math.round(facts.milliseconds) / 1000,
    content: 'dataFiles',
    file: draft.file,
    bytes: written.bytes,
    rawBytes,
    sha256: written.sha256,
    trust: 'sound',
    judgedAt: facts.finishedAt.toISOString(),
    judgement: 'tar left with exit code 0; its stream was read to its end, every header agreed',
    engine: 'sidecar',
    exitCode: 0,
    wholeInstance: true,
    databases: seen.databases,
    collections: Object.fromEntries(
      seen.counted.namespaces.map((live) => [
        `${live.database}.${live.collection}`,
        contentsOf(live),
      ]),
    ),
    consistentAt: seen.at.toISOString(),
    encrypted: false,
    serverVersion: server.version,
    toolVersion: 'fsyncLock and tar',
    ...(server.replicaSet === undefined ? {} : { replicaSet: server.replicaSet }),
    dataFiles: {
      image: facts.container.image,
      imageId: facts.container.imageId,
      dbPath: facts.place.dbPath,
      featureCompatibilityVersion: storage.featureCompatibilityVersion,
      directoryPerDatabase: storage.directoryPerDatabase,
      directoryForIndexes: storage.directoryForIndexes,
      members: storage.members,
      owner,
      files,
      lockSeconds: facts.lockSeconds,
      estimated: seen.counted.estimated,
      ...(seen.times ? { lastWrite: seen.times.applied, journaled: seen.times.journaled } : {}),
    },
    host: host.name,
    opsVersion: host.opsVersion,
    compression: { format: 'gzip', level: written.level, members: written.members },
  }
}

function contentsOf({
  database,
  collection,
  type,
  documents,
  indexes,
}: LiveNamespace): NamespaceContents {
  return { database, collection, type, documents, bytes: 0, crc: '', indexes }
}
