/** Letters of Bech32 (BIP 173), by their value. */
const letters = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'

/** Prefix, 32 bytes of key and checksum of a native recipient (age-encryption.org/v1, "the X25519 recipient type"). */
const nativeRecipient = /^age1[qpzry9x8gf2tvdw0s3jn54khce6mua7l]{58}$/

/** What every native secret key begins with. */
const nativeKey = /^AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}$/

/**
 * Why a text is not a public key that backups can be encrypted to; nothing where it is one. Its checksum is computed: a
 * mistyped letter is found here, not on the day somebody needs the backup. Never repeats the text: it may be a secret.
 */
export function recipientProblem(text: string): string | undefined {
  if (/age-secret-key-|age-plugin-/i.test(text))
    return 'is a secret key, which must stand in no configuration: put its public key here (age-keygen -y FILE prints it)'
  if (/^(ssh-|ecdsa-|sk-)/.test(text))
    return 'is an SSH key, which is not supported: make an age key with age-keygen'
  if (/^age1pq1/.test(text))
    return 'is a post-quantum recipient, which is not supported: older age programs could not open the backup'
  if (/^age1[a-z0-9+._-]*1/.test(text))
    return 'is a recipient of an age plugin, which is not supported: make an age key with age-keygen'
  if (!nativeRecipient.test(text))
    return 'is not an age recipient: age1 and 58 letters and digits, as age-keygen prints it'
  return hasChecksum(text)
    ? undefined
    : 'is not an age recipient: its checksum is wrong, so a letter of it is'
}

/** The secret keys that a text holds, or why none of it can be used. */
export type SecretKeys = { readonly keys: readonly string[] } | { readonly problem: string }

/**
 * The secret keys in what `age-keygen` writes: one a line, with comments and empty lines between them. The problem never
 * repeats what was there.
 */
export function secretKeysIn(text: string): SecretKeys {
  if (/^(age-encryption\.org\/|-----BEGIN AGE ENCRYPTED FILE)/.test(text))
    return { problem: 'is encrypted itself: name a command that prints it decrypted' }
  if (/^-----BEGIN [A-Z ]*PRIVATE KEY/m.test(text))
    return { problem: 'holds an SSH key, which is not supported: an age key is needed' }
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
  if (lines.length === 0) return { problem: 'holds no key' }
  if (lines.some((line) => line.startsWith('AGE-PLUGIN-')))
    return { problem: 'holds a key of an age plugin, which is not supported' }
  if (lines.some((line) => line.startsWith('AGE-SECRET-KEY-PQ-')))
    return { problem: 'holds a post-quantum key, which is not supported' }
  const wrong = lines.findIndex((line) => !nativeKey.test(line) || !hasChecksum(line.toLowerCase()))
  if (wrong < 0) return { keys: lines }
  return { problem: 'holds something else than age keys, or a mistyped one' }
}

/** Whether the checksum at the end of a Bech32 text is that of the rest. Lower case. */
function hasChecksum(text: string): boolean {
  const separator = text.lastIndexOf('1')
  const prefix = Array.from(text.slice(0, separator), (letter) => letter.charCodeAt(0))
  const values = [
    ...prefix.map((code) => code >> 5),
    0,
    ...prefix.map((code) => code & 31),
    ...Array.from(text.slice(separator + 1), (letter) => letters.indexOf(letter)),
  ]
  return remainder(values) === 1
}

/** The polynomial of BIP 173. */
function remainder(values: readonly number[]): number {
  const generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3]
  return values.reduce((sum, value) => {
    const shifted = ((sum & 0x1ffffff) << 5) ^ value
    return generator.reduce(
      (mixed, term, bit) => ((sum >> (25 + bit)) & 1 ? mixed ^ term : mixed),
      shifted,
    )
  }, 1)
}
