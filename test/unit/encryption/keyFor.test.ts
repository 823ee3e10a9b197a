import { describe, expect, test } from 'vitest'
import { readAgeHeader, type AgeHeader } from '../../../src/archive/ageHeader.js'
import { Failure } from '../../../src/domain/failure.js'
import type { Identity } from '../../../src/ports/keys.js'
import { keyFor } from '../../../src/procedures/encryption/keyFor.js'
import { requireOwnKey, requireWayBack } from '../../../src/procedures/encryption/readBack.js'
import { fakeCipher } from '../../fakes/cipher.js'
import { escrow, identity, keyless, noKeys, stranger, ward, wardKeys } from '../../fakes/keys.js'

const recipients = wardKeys.recipients
const exposed = new Failure('refused', 'SECRET_EXPOSED', 'the key file is open to others', [
  'chmod',
])
const world = (...identities: Identity[]) => ({
  cipher: fakeCipher,
  keys: { recipients, identities },
})

async function locked(kinds?: readonly string[]) {
  async function* nothing() {
    // Nothing is encrypted.
  }
  const header = await readAgeHeader(fakeCipher.encrypt(nothing(), recipients))
  if (!header) throw new Error('no header')
  const shown: AgeHeader = kinds ? { ...header, recipients: kinds } : header
  return { name: 'medical-1', header: shown, recipients }
}

describe('the key for a file', () => {
  test('is the one that opens it, and no key after it is fetched', async () => {
    const [first, second, third] = [
      identity(stranger.secret),
      identity(stranger.secret, escrow.secret),
      identity(ward.secret),
    ]
    expect((await keyFor(await locked(), world(first, second, third))).reveal()).toBe(escrow.secret)
    expect([first.fetched, second.fetched, third.fetched]).toEqual([1, 1, 0])
  })

  test('is missing where none is configured: the recipients are named', async () => {
    await expect(keyFor(await locked(), world())).rejects.toMatchObject({
      code: 'KEY_MISSING',
      exitCode: 12,
      message: `medical-1 is encrypted to ${ward.recipient}, ${escrow.recipient}, and no key is configured here`,
    })
  })

  test('is wrong where none opens it: the recipients are named, and no secret', async () => {
    const found = keyFor(await locked(), world(identity(stranger.secret)))
    await expect(found).rejects.toMatchObject({
      code: 'KEY_WRONG',
      exitCode: 12,
      message: expect.stringContaining(ward.recipient) as string,
    })
    await expect(found).rejects.not.toThrow('AGE-SECRET-KEY')
  })

  test('counts the recipients of a file without a manifest', async () => {
    const { name, header } = await locked()
    await expect(keyFor({ name, header }, world())).rejects.toThrow('encrypted to 2 keys')
  })

  test('that cannot be fetched is only a failure where no other opens the file', async () => {
    const broken = identity(exposed)
    expect((await keyFor(await locked(), world(broken, identity(ward.secret)))).reveal()).toBe(
      ward.secret,
    )
    await expect(keyFor(await locked(), world(broken, identity(stranger.secret)))).rejects.toBe(
      exposed,
    )
  })

  test.each([
    [['scrypt'], 'with a passphrase'],
    [['ssh-ed25519'], 'to an SSH key'],
    [['piv-p256'], 'a plugin'],
    [[], 'to nobody'],
  ])('is not looked for where no age key would open it: %j', async (kinds, words) => {
    await expect(keyFor(await locked(kinds), world(identity(ward.secret)))).rejects.toMatchObject({
      code: 'ENCRYPTION_UNSUPPORTED',
      kind: 'usage',
      message: expect.stringContaining(words) as string,
    })
  })

  test('beside an SSH key is found', async () => {
    const found = await keyFor(
      await locked(['ssh-ed25519', 'X25519']),
      world(identity(ward.secret)),
    )
    expect(found.reveal()).toBe(ward.secret)
  })
})

describe('a way back', () => {
  test('is there without encryption, and where a key here opens what would be written', async () => {
    await expect(requireWayBack({ cipher: fakeCipher, keys: noKeys })).resolves.toBeUndefined()
    await expect(requireWayBack({ cipher: fakeCipher, keys: wardKeys })).resolves.toBeUndefined()
  })

  test('is not there where no key does: refused, with what to type', async () => {
    for (const keys of [keyless, { recipients, identities: [identity(stranger.secret)] }]) {
      await expect(requireWayBack({ cipher: fakeCipher, keys })).rejects.toMatchObject({
        code: 'SAFETY_UNREADABLE',
        exitCode: 6,
        next: expect.arrayContaining([expect.stringContaining('--no-safety-backup')]) as string[],
      })
      await expect(requireOwnKey({ cipher: fakeCipher, keys }, 'x')).rejects.toMatchObject({
        kind: 'integrity',
      })
    }
  })
})
