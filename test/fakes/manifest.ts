import { createHash } from 'node:crypto'
import type { Manifest } from '../../src/domain/manifest.js'

/** A manifest for a file with these bytes. */
export function manifestFor(
  id: string,
  bytes: Uint8Array,
  changes: Partial<Manifest> = {},
): Manifest {
  return {
    schema: 1,
    id,
    target: 'medical',
    purpose: 'backup',
    takenAt: '2026-11-21T13:02:04.000Z',
    finishedAt: '2026-11-21T13:02:05.000Z',
    seconds: 1,
    file: `${id}.archive.gz`,
    bytes: bytes.length,
    rawBytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    trust: 'sound',
    judgedAt: '2026-11-21T13:02:05.000Z',
    judgement: 'read to its end',
    engine: 'exec',
    exitCode: 0,
    wholeInstance: true,
    databases: ['medical_records'],
    collections: {},
    encrypted: false,
    serverVersion: '6.0.5',
    toolVersion: '100.13.0',
    host: 'db01',
    opsVersion: '0.1.0',
    compression: { format: 'gzip', level: 4, members: [] },
    ...changes,
  }
}
