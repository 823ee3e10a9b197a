import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { ageCipher } from '../../../src/adapters/age/cipher.js'
import { readAgeHeader } from '../../../src/archive/ageHeader.js'
import { Secret } from '../../../src/domain/secret.js'
import type { Cipher } from '../../../src/ports/cipher.js'
import { fakeCipher } from '../../fakes/cipher.js'
import { escrow, stranger, ward } from '../../fakes/keys.js'

const chunk = 64 * 1024
const key = ({ secret }: { secret: string }) => new Secret(secret)
const both = [ward.recipient, escrow.recipient]

async function* parts(bytes: Uint8Array, size = 50_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size)
    yield await Promise.resolve(bytes.subarray(at, at + size))
}

async function all(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const found: Uint8Array[] = []
  for await (const part of source) found.push(part)
  return Buffer.concat(found)
}

describe.each<[string, Cipher]>([
  ['the age library', ageCipher],
  ['the fake', fakeCipher],
])('%s', (_, cipher) => {
  const sealed = (bytes: Uint8Array, recipients: readonly string[] = both) =>
    all(cipher.encrypt(parts(bytes), recipients))
  const opened = (file: Uint8Array, who = ward) => all(cipher.decrypt(parts(file), [key(who)]))
  const headerOf = async (file: Uint8Array) => (await readAgeHeader(parts(file)))?.bytes.length ?? 0

  test.each([0, 1, chunk - 1, chunk, chunk + 1, 3 * chunk, 3 * chunk + 7])(
    'gives %i bytes back to each recipient',
    async (size) => {
      const bytes = randomBytes(size)
      const file = await sealed(bytes)
      for (const who of [ward, escrow]) expect((await opened(file, who)).equals(bytes)).toBe(true)
    },
  )

  test('writes a header that tells how many recipients there are', async () => {
    const header = await readAgeHeader(parts(await sealed(randomBytes(10))))
    expect(header?.recipients).toEqual(['X25519', 'X25519'])
  })

  test('tells by the header alone which key opens a file', async () => {
    const header = await readAgeHeader(parts(await sealed(randomBytes(10), [ward.recipient])))
    const bytes = header?.bytes ?? Buffer.alloc(0)
    expect(await cipher.opens(bytes, key(ward))).toBe(true)
    expect(await cipher.opens(bytes, key(stranger))).toBe(false)
    const tampered = Buffer.from(bytes)
    const last = bytes.lastIndexOf('--- ') + 4
    tampered[last] = tampered[last] === 65 ? 66 : 65
    await expect(cipher.opens(tampered, key(ward))).rejects.toMatchObject({
      code: 'AGE_HEADER_INVALID',
    })
  })

  test('opens nothing with a wrong key, or with none', async () => {
    const file = await sealed(randomBytes(chunk))
    await expect(opened(file, stranger)).rejects.toMatchObject({ code: 'KEY_WRONG', exitCode: 12 })
    await expect(all(cipher.decrypt(parts(file), []))).rejects.toMatchObject({ code: 'KEY_WRONG' })
  })

  test('tries every key it is given', async () => {
    const bytes = randomBytes(100)
    const file = await sealed(bytes)
    const keys = [key(stranger), key(escrow)]
    expect((await all(cipher.decrypt(parts(file), keys))).equals(bytes)).toBe(true)
  })

  test('notices a file that was cut at the edge of a chunk, or beside it', async () => {
    const file = await sealed(randomBytes(3 * chunk + 100))
    const start = (await headerOf(file)) + 16
    for (const chunks of [0, 1, 2, 3]) {
      for (const beside of [-1, 0, 1]) {
        const cut = file.subarray(0, start + chunks * (chunk + 16) + beside)
        await expect(
          opened(cut),
          `${String(chunks)} chunks ${String(beside)}`,
        ).rejects.toMatchObject({
          kind: 'integrity',
          code: expect.stringMatching(/^AGE_(TRUNCATED|HEADER_INVALID)$/) as string,
        })
      }
    }
    await expect(opened(file.subarray(0, -1))).rejects.toMatchObject({ code: 'AGE_TRUNCATED' })
  })

  test('notices what was appended', async () => {
    const file = await sealed(randomBytes(2 * chunk))
    await expect(opened(Buffer.concat([file, Buffer.from('x')]))).rejects.toMatchObject({
      kind: 'integrity',
    })
  })

  test('notices a flipped bit wherever it is, and names the chunk it is in', async () => {
    const file = await sealed(randomBytes(3 * chunk))
    const start = (await headerOf(file)) + 16
    for (const at of [start, start + chunk, start + chunk + 20, start + 2 * (chunk + 16) + 5]) {
      const flipped = Buffer.from(file)
      flipped[at] = (flipped[at] ?? 0) ^ 1
      const inChunk = Math.floor((at - start) / (chunk + 16))
      await expect(opened(flipped)).rejects.toMatchObject({
        code: expect.stringMatching(/^AGE_(CORRUPT|TRUNCATED)$/) as string,
        facts: { byte: start + inChunk * (chunk + 16) },
      })
    }
  })

  test.each([1000, 50_000, 1024 * 1024])(
    'tells damage in the middle from a file that breaks off, and where it is, read in parts of %i bytes',
    async (size) => {
      const file = await sealed(randomBytes(8 * chunk + 100))
      const start = (await headerOf(file)) + 16
      const broken = (bytes: Uint8Array) => all(cipher.decrypt(parts(bytes, size), [key(ward)]))
      for (const which of [0, 3, 7]) {
        const byte = start + which * (chunk + 16)
        const flipped = Buffer.from(file)
        flipped[byte + 5] = (flipped[byte + 5] ?? 0) ^ 1
        await expect(broken(flipped)).rejects.toMatchObject({
          code: 'AGE_CORRUPT',
          facts: { byte },
        })
        const cut = file.subarray(0, byte + chunk / 2)
        await expect(broken(cut)).rejects.toMatchObject({ code: 'AGE_TRUNCATED', facts: { byte } })
      }
      const last = Buffer.from(file)
      last[last.length - 1] = (last.at(-1) ?? 0) ^ 1
      await expect(broken(last)).rejects.toMatchObject({
        code: 'AGE_TRUNCATED',
        facts: { byte: start + 8 * (chunk + 16) },
      })
    },
  )

  test('encrypts to nobody but age recipients', async () => {
    for (const recipients of [[], ['age1x'], ['ssh-ed25519 AAAA'], [ward.secret]]) {
      const refused = all(cipher.encrypt(parts(randomBytes(1)), recipients))
      await expect(refused).rejects.toMatchObject({ code: 'RECIPIENT_INVALID', kind: 'usage' })
      await expect(refused).rejects.not.toThrow(ward.secret.slice(-20))
    }
  })

  test('passes on what the source throws, as it is', async () => {
    const broken = new Error('the disk is gone')
    async function* failing(file: Uint8Array): AsyncGenerator<Uint8Array> {
      yield* parts(file)
      throw broken
    }
    await expect(all(cipher.encrypt(failing(randomBytes(chunk)), both))).rejects.toBe(broken)
    const file = await sealed(randomBytes(2 * chunk))
    await expect(all(cipher.decrypt(failing(file.subarray(0, chunk)), [key(ward)]))).rejects.toBe(
      broken,
    )
    await expect(all(cipher.decrypt(failing(file.subarray(0, 9)), [key(ward)]))).rejects.toBe(
      broken,
    )
  })

  test('stops when it is told to', async () => {
    const stop = new AbortController()
    const reason = new Error('interrupted')
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield await Promise.resolve(randomBytes(chunk))
    }
    const writing = async () => {
      for await (const part of cipher.encrypt(endless(), both, stop.signal)) {
        if (part.length > 1000) stop.abort(reason)
      }
    }
    await expect(writing()).rejects.toBe(reason)
    const late = cipher.decrypt(parts(await sealed(randomBytes(9))), [key(ward)], stop.signal)
    await expect(all(late)).rejects.toBe(reason)
  })

  test('lets go of its source when it is left early', async () => {
    let closed = 0
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield await Promise.resolve(randomBytes(chunk))
      } finally {
        closed += 1
      }
    }
    for await (const part of cipher.encrypt(endless(), both)) if (part.length > 1000) break
    await new Promise((resolve) => setImmediate(resolve))
    expect(closed).toBe(1)
  })
})

describe('the age library under load', () => {
  test('reads no further ahead than a few parts, however slow its reader is', async () => {
    let taken = 0
    async function* source(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < 100; at++) {
        taken += 1
        yield await Promise.resolve(randomBytes(1024 * 1024))
      }
    }
    let given = 0
    for await (const part of ageCipher.encrypt(source(), both)) {
      given += part.length
      expect(taken * 1024 * 1024 - given).toBeLessThan(5 * 1024 * 1024)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(taken).toBe(100)
  })

  test('hangs on no source that says nothing more once it is told to stop', async () => {
    const stop = new AbortController()
    const reason = new Error('interrupted')
    async function* silent(): AsyncGenerator<Uint8Array> {
      yield randomBytes(10)
      await new Promise(() => undefined)
    }
    const writing = all(ageCipher.encrypt(silent(), both, stop.signal))
    setImmediate(() => {
      stop.abort(reason)
    })
    await expect(writing).rejects.toBe(reason)
  })
})
