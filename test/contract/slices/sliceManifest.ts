import { createHash } from 'node:crypto'
import { sliceFile, sliceId } from '../../../src/domain/oplog/sliceName.js'
import type { SliceManifest } from '../../../src/domain/oplog/slice.js'

export const at = (seconds: number) => ({ seconds: 1_795_267_324 + seconds, ordinal: 1 })
export const point = (seconds: number) => ({ at: at(seconds), sha256: seconds.toString() })
export const bytes = Buffer.from('what a slice holds')

/** The manifest of a slice that holds `bytes`. */
export function manifestOf(from: number, to: number, timeline = 1): SliceManifest {
  const id = sliceId({ target: 'medical', timeline, start: at(from), end: at(to) })
  return {
    version: 1,
    id,
    target: 'medical',
    timeline,
    file: sliceFile(id, false),
    bytes: bytes.length,
    rawBytes: 100,
    count: 1,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    start: point(from),
    end: point(to),
    openTransactions: [],
    encrypted: false,
    compression: { format: 'gzip', members: [] },
    takenAt: '2026-11-21T13:02:04.000Z',
    host: 'db01',
    opsVersion: '0.1.0',
  }
}
