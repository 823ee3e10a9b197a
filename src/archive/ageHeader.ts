import { Failure } from '../domain/failure.js'
import { asBuffer } from './asBuffer.js'
import { damage } from './damage.js'

/** What the beginning of an encrypted file tells to everybody. */
export interface AgeHeader {
  /** All of it, with its last line break: enough to try a key on. */
  readonly bytes: Buffer
  /** Kinds of recipients, one for each: `X25519` for an age key, `scrypt` for a passphrase, `ssh-ed25519` … */
  readonly recipients: readonly string[]
}

/** First line of every encrypted file (age-encryption.org/v1). */
const versionLine = 'age-encryption.org/v1\n'

const armor = '-----BEGIN AGE ENCRYPTED FILE-----'

/** A header holds some 120 bytes for each recipient; one that is longer than this is none. */
const longest = 64 * 1024

/**
 * Reads the header of a file encrypted with age; nothing where the file is not encrypted. No more of the source is read
 * than that. Throws AGE_HEADER_INVALID for one that is cut off or has no end, `ENCRYPTION_UNSUPPORTED` (usage) for one that was
 * turned into text. Whether it was tampered with only a key can tell.
 */
export async function readAgeHeader(
  source: AsyncIterable<Uint8Array>,
): Promise<AgeHeader | undefined> {
  let bytes: Buffer = Buffer.alloc(0)
  for await (const chunk of source) {
    bytes = Buffer.concat([bytes, asBuffer(chunk)])
    const start = bytes.toString('latin1', 0, armor.length)
    if (start === armor) {
      throw new Failure(
        'usage',
        'ENCRYPTION_UNSUPPORTED',
        'the encrypted file was turned into text ("age -a"): ops reads the binary form only',
        ['age -d -i KEYFILE FILE > ARCHIVE'],
      )
    }
    if (!versionLine.startsWith(start.slice(0, versionLine.length)) && !armor.startsWith(start))
      return undefined
    const end = ageHeaderEnd(bytes)
    if (end !== undefined) return { bytes: bytes.subarray(0, end), recipients: kinds(bytes, end) }
    if (bytes.length > longest) {
      throw damage('AGE_HEADER_INVALID', longest, 'the header of the encrypted file has no end')
    }
  }
  // Fewer bytes than its first line would be: no encrypted file is that short, and no archive either.
  if (bytes.length < versionLine.length) return undefined
  throw damage('AGE_HEADER_INVALID', bytes.length, 'the encrypted file ends inside its header')
}

/** How many bytes the header at the beginning of these has; nothing where its last line is not there yet. */
export function ageHeaderEnd(bytes: Buffer): number | undefined {
  const last = bytes.indexOf('\n--- ')
  if (last < 0) return undefined
  const end = bytes.indexOf('\n', last + 1)
  return end < 0 ? undefined : end + 1
}

/** Some writers add recipients that nobody has, to keep readers honest: those are named `…-grease` and do not count. */
function kinds(bytes: Buffer, end: number): readonly string[] {
  const lines = bytes.toString('latin1', 0, end).split('\n')
  return lines
    .flatMap((line) => (line.startsWith('-> ') ? (line.split(' ')[1] ?? '') : []))
    .filter((kind) => !kind.endsWith('-grease'))
}
