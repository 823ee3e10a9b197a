import { createHash } from 'node:crypto'
import { readAgeHeader } from '../../src/archive/ageHeader.js'
import { damage } from '../../src/archive/damage.js'
import { recipientProblem } from '../../src/domain/ageKey.js'
import { Failure } from '../../src/domain/failure.js'
import type { Cipher } from '../../src/ports/cipher.js'
import { keyPairs } from './keys.js'

const chunk = 64 * 1024
const tag = 16

/** The age format without its secrecy: the same header, chunks and mistakes, but anybody could read what is inside. */
export const fakeCipher: Cipher = {
  async *encrypt(source, recipients, signal) {
    const problem = recipients.map(recipientProblem).find((each) => each !== undefined)
    if (recipients.length === 0 || problem !== undefined)
      throw new Failure('usage', 'RECIPIENT_INVALID', `a recipient ${problem ?? 'is missing'}`, [])
    yield headerOf(recipients)
    yield Buffer.alloc(tag)
    let index = 0
    for await (const [bytes, last] of chunks(source, chunk)) {
      signal?.throwIfAborted()
      yield turned(bytes)
      yield seal(bytes, index++, last)
    }
  },

  async *decrypt(source, keys, signal) {
    const all: Uint8Array[] = []
    for await (const part of source) {
      signal?.throwIfAborted()
      all.push(part)
    }
    const file = Buffer.concat(all)
    const header = await headerIn(file)
    const opened = await Promise.all(keys.map((key) => fakeCipher.opens(header, key)))
    if (!opened.includes(true))
      throw new Failure('integrity', 'KEY_WRONG', 'no key here opens the encrypted file', [])
    let at = header.length + tag
    if (file.length < at) throw damage('AGE_HEADER_INVALID', 0, 'the header is damaged')
    for (let index = 0; ; index++) {
      signal?.throwIfAborted()
      const stored = file.subarray(at, at + chunk + tag)
      const last = at + stored.length >= file.length
      const bytes = turned(stored.subarray(0, -tag))
      if (stored.length < tag || !seal(bytes, index, last).equals(stored.subarray(-tag))) {
        throw last
          ? damage('AGE_TRUNCATED', at, 'the encrypted file breaks off')
          : damage('AGE_CORRUPT', at, 'the encrypted data is damaged')
      }
      if (bytes.length > 0) yield bytes
      at += stored.length
      if (last) return
    }
  },

  async opens(header, key) {
    const text = Buffer.from(await headerIn(header)).toString()
    const mine = keyPairs.find(({ secret }) => secret === key.reveal())?.recipient
    if (mine === undefined || !text.includes(`X25519 ${mine}\n`)) return false
    const recipients = [...text.matchAll(/X25519 (\S+)/g)].map(([, recipient]) => recipient ?? '')
    if (headerOf(recipients).toString() === text) return true
    throw damage('AGE_HEADER_INVALID', 0, 'the header was tampered with')
  },
}

async function headerIn(file: Uint8Array): Promise<Uint8Array> {
  async function* once() {
    yield await Promise.resolve(file)
  }
  const header = await readAgeHeader(once())
  if (!header) throw damage('AGE_HEADER_INVALID', 0, 'this is no encrypted file')
  return header.bytes
}

function headerOf(recipients: readonly string[]): Buffer {
  const lines = recipients.map((recipient) => `-> X25519 ${recipient}\nbody\n`).join('')
  const mac = createHash('sha256').update(lines).digest('base64').slice(0, 43)
  return Buffer.from(`age-encryption.org/v1\n${lines}--- ${mac}\n`)
}

function turned(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.map((byte) => byte ^ 0x5a))
}

function seal(bytes: Uint8Array, index: number, last: boolean): Buffer {
  const text = `${index.toString()} ${last.toString()} `
  return createHash('sha256').update(text).update(bytes).digest().subarray(0, tag)
}

/** The source in pieces of equal size, each with whether it is the last. An empty source is one empty piece. */
async function* chunks(
  source: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<readonly [Uint8Array, boolean]> {
  let held = Buffer.alloc(0)
  for await (const part of source) {
    held = Buffer.concat([held, part])
    while (held.length > size) {
      yield [held.subarray(0, size), false]
      held = held.subarray(size)
    }
  }
  yield [held, true]
}
