import { describe, expect, test } from 'vitest'
import { diagnose } from '../../../src/checks/doctor/doctor.js'
import { judgeEncryption } from '../../../src/checks/doctor/encryption.js'
import type { EncryptionEvidence } from '../../../src/checks/doctor/evidence.js'
import { Failure } from '../../../src/domain/failure.js'
import type { Keys } from '../../../src/ports/keys.js'
import { takeBackup } from '../../../src/procedures/backup/takeBackup.js'
import { escrow, identity, keyless, noKeys, stranger, wardKeys } from '../../fakes/keys.js'
import { carriedOut, compression, medical } from '../../fakes/world.js'
import { scene } from './patient.js'
import { refusal, saw, silence, told } from './scene.js'

describe('the finding', () => {
  const judged = (changes: Partial<EncryptionEvidence>) =>
    judgeEncryption({
      name: 'medical',
      encryption: { recipients: 2, identities: 1, opened: saw({ newest: 'b-1' }), ...changes },
    })

  test.each<[string, Partial<EncryptionEvidence>]>([
    ['ok: backups are encrypted to 2 keys, and a key here opens the newest', {}],
    ['ok: backups are encrypted to 2 keys, and a key here would open them', { opened: saw({}) }],
    ['ok: backups are written in clear', { recipients: 0, identities: 0, opened: saw({}) }],
    ['ok: backups are written in clear, and a key here opens the newest', { recipients: 0 }],
    ['fail: no key here opens the backups', { opened: refusal('KEY_WRONG') }],
    ['fail: no key here opens the backups', { opened: refusal('SECRET_EXPOSED') }],
    ['unknown: it is not known whether a key here opens the backups', { opened: silence }],
  ])('%s', (sentence, changes) => {
    expect(told(judged(changes))).toBe(sentence)
  })

  test('is no complaint where the operator keeps the key elsewhere', () => {
    const finding = judged({ identities: 0, opened: refusal('KEY_MISSING') })
    expect(finding.severity).toBe('ok')
    expect(finding.says).toContain('can write backups, and not read them')
    expect(finding.value).toEqual({ recipients: 2, identities: 0 })
  })
})

describe('a real try', () => {
  /** The finding on a machine with these keys, where a backup was taken with those. */
  async function found(keys: Keys, taken: Keys = wardKeys) {
    const { patientWith, world, shelf } = scene()
    shelf.manifests.clear()
    await carriedOut(
      await takeBackup.plan(
        { target: medical, compression, safety: false },
        { ...world, keys: taken },
      ),
      { ...world, keys: taken },
    )
    const { checks } = await diagnose(patientWith({ keys }), new AbortController().signal)
    const finding = checks.find(({ id }) => id === 'medical.encryption')
    if (!finding) throw new Error('there is no such finding')
    return finding
  }

  test('opens the header of the newest encrypted backup', async () => {
    expect(await found(wardKeys)).toMatchObject({
      severity: 'ok',
      because: 'medical-20261121T130204Z',
    })
  })

  test.each<[string, Keys, Keys]>([
    ['a key of somebody else', { ...wardKeys, identities: [identity(stranger.secret)] }, wardKeys],
    [
      'a key for older backups only',
      { recipients: [escrow.recipient], identities: wardKeys.identities },
      wardKeys,
    ],
    [
      'an open key file',
      { ...wardKeys, identities: [identity(new Failure('refused', 'SECRET_EXPOSED', 'open', []))] },
      wardKeys,
    ],
  ])('fails with %s', async (_, keys, taken) => {
    expect((await found(keys, taken)).severity).toBe('fail')
  })

  test('says that there is no key, or no encryption', async () => {
    expect((await found(keyless)).says).toContain('no key is here')
    expect((await found(noKeys, noKeys)).says).toBe('backups are written in clear')
  })

  test('looks at the modes of key files with those of the other secrets', async () => {
    const { patientWith } = scene()
    const { checks } = await diagnose(patientWith({ keys: wardKeys }), new AbortController().signal)
    expect(checks.find(({ id }) => id === 'medical.secret-files')?.because).toContain('/srv/key')
  })
})
