import { Failure } from '../domain/failure.js'

/** What can be wrong with the bytes of a backup. Stable: scripts and the guide to errors name these. */
export type DamageCode =
  | 'ARCHIVE_EMPTY'
  | 'ARCHIVE_NOT_AN_ARCHIVE'
  | 'ARCHIVE_VERSION_UNKNOWN'
  | 'ARCHIVE_TRUNCATED'
  | 'ARCHIVE_CORRUPT'
  | 'ARCHIVE_CRC_MISMATCH'
  | 'ARCHIVE_TRAILING_GARBAGE'
  | 'ARCHIVE_ENTRY_TOO_LARGE'
  | 'GZIP_EMPTY'
  | 'GZIP_TRUNCATED'
  | 'GZIP_CORRUPT'
  | 'GZIP_TRAILING_GARBAGE'
  | 'AGE_CORRUPT'
  | 'AGE_HEADER_INVALID'
  | 'AGE_TRUNCATED'
  | 'TAR_CORRUPT'
  | 'TAR_TRUNCATED'
  | 'TAR_UNEXPECTED'
  | 'DATA_FILES_MISSING'
  | 'STREAM_FRAME_CORRUPT'
  | 'STREAM_FRAME_TRUNCATED'

/** What a damage may carry besides its sentence. */
export interface DamageDetails {
  readonly cause?: unknown
  /** More facts for the log and for `--json`. */
  readonly facts?: Readonly<Record<string, unknown>>
}

/**
 * A `Failure` of kind integrity. `byte` counts from 0: in the uncompressed archive for ARCHIVE, TAR and
 * DATA_FILES codes, in the file for GZIP codes, in the encrypted file for AGE codes, in the engine's stream for STREAM
 * codes. It ends the sentence and is in `facts.byte`.
 */
export function damage(
  code: DamageCode,
  byte: number,
  says: string,
  details: DamageDetails = {},
): Failure {
  const fromEngine = code.startsWith('STREAM')
  const next = fromEngine ? ['ops doctor'] : ['ops backup verify --all', 'ops backup list']
  // Most archives lie compressed on the disk, where this byte is somewhere else.
  const where = code.startsWith('ARCHIVE')
    ? `byte ${byte} of the uncompressed archive`
    : `byte ${byte}`
  return new Failure('integrity', code, `${says} (${where})`, next, {
    cause: details.cause,
    facts: { byte, ...details.facts },
  })
}
