import { describe, expect, test } from 'vitest'
import { readAgeHeader } from '../../../src/archive/ageHeader.js'
import { requireSound, verificationPlan, type Verifiable } from '../../../src/cli/verifyBackups.js'
import type { Keys } from '../../../src/ports/keys.js'
import { takeBackup } from '../../../src/procedures/backup/takeBackup.js'
import { restore } from '../../../src/procedures/restore/restore.js'
import { undo } from '../../../src/procedures/restore/undo.js'
import { identity, keyless, noKeys, stranger, ward, wardKeys } from '../../fakes/keys.js'
import { carriedOut, compression, medical } from '../../fakes/world.js'
import { disaster, request, restored } from '../restore/scene.js'

const wrong: Keys = { ...wardKeys, identities: [identity(stranger.secret)] }
const id = 'medical-20261121T130204Z'
const path = `/shelf/medical/${id}.archive.gz.age`

/** A hospital with an encrypted backup and a disaster, seen from a machine with other keys. */
async function scene(keys: Keys = wardKeys) {
  const made = await disaster(wardKeys)
  const entry = (await made.shelf.list())[0]
  if (!entry) throw new Error('there is no backup')
  return { ...made, entry, world: { ...made.world, keys } }
}

type Scene = Awaited<ReturnType<typeof scene>>

async function verified({ world, entry }: Scene, file = false) {
  const wanted: Verifiable = file
    ? { kind: 'file', path: '/tmp/copy.age', target: medical }
    : { kind: 'backup', target: medical, entry }
  return (await carriedOut(verificationPlan([wanted], false, world), world)).result
}

function damage({ shelf }: Scene, at: number): void {
  const file = shelf.files.get(path)
  const byte = file?.at(at)
  if (!file || byte === undefined) throw new Error('no such byte')
  file[file.length + at] = byte ^ 1
}

describe('a backup to recipients', () => {
  test('is encrypted on its way, and what is recorded is of the file as it is stored', async () => {
    const { shelf, entry } = await scene()
    const file = shelf.files.get(path) ?? Buffer.alloc(0)
    expect(entry.manifest).toMatchObject({
      file: `${id}.archive.gz.age`,
      encrypted: true,
      recipients: wardKeys.recipients,
      bytes: file.length,
      trust: 'sound',
    })
    expect(entry.present).toBe(true)
    expect((await readAgeHeader(shelf.read(path)))?.recipients).toHaveLength(2)
    expect(file.includes('patient')).toBe(false)
  })

  test('says so in its plan', async () => {
    const { world } = await scene()
    const { facts } = await takeBackup.plan({ target: medical, compression, safety: false }, world)
    expect(facts).toContainEqual(['Encrypted', `to ${wardKeys.recipients.join(', ')}`])
  })

  test('whose dump fails is not listed and leaves nothing', async () => {
    const { world, shelf, server, clock } = await scene()
    clock.advance(60_000)
    server.mischief = { dumpExitCode: 1 }
    const plan = await takeBackup.plan({ target: medical, compression, safety: false }, world)
    await expect(carriedOut(plan, world)).rejects.toMatchObject({ code: 'DUMP_FAILED' })
    expect([...shelf.files.keys()]).toEqual([path])
    expect(shelf.manifests.size).toBe(1)
  })

  test('whose dump breaks off is kept aside as it was written: encrypted', async () => {
    const { world, shelf, server, clock } = await scene()
    clock.advance(60_000)
    server.mischief = { cutDumpAt: 1000 }
    const plan = await takeBackup.plan({ target: medical, compression, safety: false }, world)
    await expect(carriedOut(plan, world)).rejects.toMatchObject({ code: 'ARCHIVE_TRUNCATED' })
    const kept = [...shelf.files.keys()].filter((name) => name.includes('.quarantine'))
    expect(kept).toEqual([expect.stringMatching(/\.archive\.gz\.age$/)])
    expect(shelf.manifests.size).toBe(1)
  })

  test('needs no secret key', async () => {
    const { world, shelf, clock } = await scene(keyless)
    clock.advance(60_000)
    await carriedOut(
      await takeBackup.plan({ target: medical, compression, safety: false }, world),
      world,
    )
    expect([...shelf.manifests.values()].map(({ encrypted }) => encrypted)).toEqual([true, true])
  })
})

describe('verifying an encrypted backup', () => {
  test('with a key reads what is inside', async () => {
    const scenery = await scene()
    const { backups } = await verified(scenery)
    expect(backups).toMatchObject([{ trust: 'sound', sha256: scenery.entry.manifest.sha256 }])
    expect(backups[0]?.collections).toHaveProperty(['medical_records.healthcare_data'])
  })

  test('without any key checks it from outside, says what was not read, and leaves its trust', async () => {
    const scenery = await scene(keyless)
    const verification = await verified(scenery)
    expect(verification.backups).toMatchObject([
      {
        trust: 'sound',
        unopened: 'KEY_MISSING',
        says: expect.stringContaining('not read') as string,
      },
    ])
    expect(requireSound(verification, false)).toBe(verification)
    expect(() => requireSound(verification, true)).toThrow(
      expect.objectContaining({ code: 'KEY_MISSING', exitCode: 12 }),
    )
    expect(scenery.shelf.manifests.get(id)).toMatchObject({
      trust: 'sound',
      judgement: expect.stringContaining('size and SHA-256') as string,
    })
  })

  test('with a wrong key fails, and says nothing bad of the backup', async () => {
    const scenery = await scene(wrong)
    const verification = await verified(scenery)
    expect(() => requireSound(verification, false)).toThrow(
      expect.objectContaining({ code: 'KEY_WRONG', exitCode: 12 }),
    )
    expect(scenery.shelf.manifests.get(id)).toEqual(scenery.entry.manifest)
  })

  test.each<[string, Keys, number]>([
    ['with a key', wardKeys, -5],
    ['without a key', keyless, -5],
    ['in its last byte, with a key', wardKeys, -1],
  ])('finds damage %s', async (_, keys, at) => {
    const scenery = await scene(keys)
    damage(scenery, at)
    const verification = await verified(scenery)
    expect(verification.backups).toMatchObject([{ trust: 'damaged' }])
    expect(scenery.shelf.manifests.get(id)?.trust).toBe('damaged')
    expect(() => requireSound(verification, false)).toThrow(
      expect.objectContaining({ code: 'BACKUP_DAMAGED' }),
    )
  })

  test('whose recipient is damaged calls it damaged, not locked', async () => {
    const scenery = await scene()
    const file = scenery.shelf.files.get(path)
    const header = file?.indexOf(ward.recipient) ?? -1
    if (file) file[header + 10] = 33
    expect((await verified(scenery)).backups).toMatchObject([
      { trust: 'damaged', code: 'CHECKSUM_MISMATCH' },
    ])
  })

  test.each<[string, Keys, object]>([
    ['a key', wardKeys, { trust: 'sound', id: null }],
    ['no key', keyless, { trust: 'unverified', unopened: 'KEY_MISSING' }],
    ['a wrong key', wrong, { trust: 'unverified', unopened: 'KEY_WRONG' }],
  ])('that has no manifest, with %s', async (_, keys, expected) => {
    const scenery = await scene(keys)
    scenery.shelf.files.set('/tmp/copy.age', scenery.shelf.files.get(path) ?? Buffer.alloc(0))
    const verification = await verified(scenery, true)
    expect(verification.backups).toMatchObject([expected])
    if (keys !== wardKeys)
      expect(() => requireSound(verification, false)).toThrow(
        expect.objectContaining({ exitCode: 12 }),
      )
  })
})

describe('restoring an encrypted backup', () => {
  test('brings it back, saves the state before encrypted too, and can be taken back', async () => {
    const scenery = await scene()
    const { result } = await restored(scenery)
    expect(scenery.server.state()['medical_records']).toEqual(scenery.good)
    const safety = scenery.shelf.manifests.get(result.safetyBackup ?? '')
    expect(safety).toMatchObject({ encrypted: true, recipients: wardKeys.recipients })
    const plan = await undo.plan(
      { target: () => medical, safetyBackup: true, compression },
      scenery.world,
    )
    scenery.clock.advance(60_000)
    await carriedOut(plan, scenery.world)
    expect(scenery.server.state()['medical_records']).toEqual(scenery.bad)
  })

  test('says in its plan that it was opened with a key', async () => {
    const { world } = await scene()
    const { facts } = await restore.plan(request, world)
    expect(facts[0]?.[1]).toContain('encrypted and opened with a key of this machine')
  })

  test.each<[string, Keys]>([
    ['KEY_MISSING', keyless],
    ['KEY_WRONG', wrong],
  ])(
    'is impossible without its key (%s): nothing is touched, its trust stays',
    async (code, keys) => {
      const scenery = await scene(keys)
      await expect(restored(scenery)).rejects.toMatchObject({ code, exitCode: 12 })
      expect(scenery.server.state()['medical_records']).toEqual(scenery.bad)
      expect(scenery.shelf.manifests.get(id)?.trust).toBe('sound')
    },
  )

  test('of a plain backup is refused where the safety backup could not be read back', async () => {
    const made = await disaster()
    for (const keys of [keyless, wrong]) {
      const scenery = { ...made, world: { ...made.world, keys } }
      await expect(restored(scenery)).rejects.toMatchObject({
        code: 'SAFETY_UNREADABLE',
        exitCode: 6,
      })
      expect(made.server.state()['medical_records']).toEqual(made.bad)
    }
    const without = { ...made, world: { ...made.world, keys: keyless } }
    await restored(without, { safetyBackup: false })
    expect(made.server.state()['medical_records']).toEqual(made.good)
  })

  test('stops before anything is touched where the key goes away after the plan', async () => {
    const scenery = await scene()
    const keys = { ...wardKeys, identities: [...wardKeys.identities] }
    const world = { ...scenery.world, keys }
    const plan = await restore.plan(request, world)
    keys.identities.length = 0
    await expect(carriedOut(plan, world)).rejects.toMatchObject({ code: 'SAFETY_UNREADABLE' })
    expect(scenery.server.state()['medical_records']).toEqual(scenery.bad)
  })

  test('of an older backup in clear works where backups are encrypted now', async () => {
    const made = await disaster(noKeys)
    const { result } = await restored({ ...made, world: { ...made.world, keys: wardKeys } })
    expect(made.server.state()['medical_records']).toEqual(made.good)
    expect(result.safetyBackup).not.toBeNull()
  })

  test('that is cut off exactly between two parts touches nothing', async () => {
    const scenery = await scene()
    const file = scenery.shelf.files.get(path) ?? Buffer.alloc(0)
    scenery.shelf.files.set('/tmp/cut.age', file.subarray(0, -20))
    await expect(
      restored(scenery, { wanted: { kind: 'file', path: '/tmp/cut.age' } }),
    ).rejects.toMatchObject({ code: 'AGE_TRUNCATED', exitCode: 12 })
    expect(scenery.server.state()['medical_records']).toEqual(scenery.bad)
  })

  test('from a stream keeps on disk what came in, and nothing in clear', async () => {
    const scenery = await scene()
    const kept: Buffer[] = []
    const { shelf } = scenery
    const spool = shelf.spool.bind(shelf)
    shelf.spool = async (source) => {
      const spooled = await spool(source)
      kept.push(shelf.files.get(spooled.path) ?? Buffer.alloc(0))
      return spooled
    }
    await restored(scenery, { wanted: { kind: 'stream', stream: shelf.read(path) } })
    expect(scenery.server.state()['medical_records']).toEqual(scenery.good)
    expect(kept).toHaveLength(1)
    expect(kept[0]?.toString('latin1')).toMatch(/^age-encryption\.org/)
  })
})
