import type { Optime } from '../../domain/contents.js'
import type { Manifest, Purpose } from '../../domain/manifest.js'
import type { Host } from '../../ports/host.js'
import type { ServerFacts } from '../../ports/mongo.js'
import type { Draft } from '../../ports/shelf.js'
import type { Scope } from './scope.js'
import { withoutValues } from './withoutValues.js'
import type { Compression } from './storeStream.js'
import type { Written } from './writeBackup.js'

/** What a manifest is made from. */
export interface ManifestFacts {
  readonly draft: Draft
  readonly target: string
  readonly purpose: Purpose
  readonly startedAt: Date
  readonly finishedAt: Date
  readonly milliseconds: number
  readonly scope: Scope
  readonly server: ServerFacts
  readonly compression: Compression
  readonly written: Written
  /** Public keys that the file was encrypted to; none: it is in clear. */
  readonly recipients: readonly string[]
  readonly host: Host
}

/** The manifest of a finished dump. Its trust is `sound`: exit code 0 was seen, the stream was read to its end, checksums agree. */
export function manifestOf(facts: ManifestFacts): Manifest {
  const { draft, written, scope, server, compression, recipients } = facts
  const { contents } = written
  const last = contents.oplog?.last
  return {
    schema: 1,
    id: draft.id,
    target: facts.target,
    purpose: facts.purpose,
    takenAt: facts.startedAt.toISOString(),
    finishedAt: facts.finishedAt.toISOString(),
    seconds: Math.round(facts.milliseconds) / 1000,
    file: draft.file,
    bytes: written.bytes,
    rawBytes: contents.rawBytes,
    sha256: written.sha256,
    trust: 'sound',
    judgedAt: facts.finishedAt.toISOString(),
    judgement:
      'mongodump left with exit code 0; the stream was read to its end, every checksum agreed',
    engine: written.engine,
    exitCode: 0,
    wholeInstance: scope.request.database === undefined && scope.only.length === 0,
    databases: scope.databases,
    collections: withoutValues(contents.namespaces),
    ...(last ? { consistentAt: timeOf(last).toISOString() } : {}),
    ...(contents.oplog ? { oplog: contents.oplog } : {}),
    encrypted: recipients.length > 0,
    ...(recipients.length > 0 ? { recipients } : {}),
    serverVersion: contents.serverVersion,
    toolVersion: contents.toolVersion,
    ...(server.replicaSet === undefined ? {} : { replicaSet: server.replicaSet }),
    host: facts.host.name,
    opsVersion: facts.host.opsVersion,
    compression: { format: 'gzip', level: compression.level, members: written.members },
  }
}

/** The second of an optime. */
function timeOf({ seconds }: Optime): Date {
  return new Date(seconds * 1000)
}
