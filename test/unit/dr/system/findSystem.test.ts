import { describe, expect, test } from 'vitest'
import { packed } from '../../../../src/archive/tar.js'
import { findSystem } from '../../../../src/procedures/dr/system/findSystem.js'
import { FakePlace } from '../../../fakes/copyPlace.js'
import { manifestFor } from '../../../fakes/manifest.js'
import { hospital, signal } from './scene.js'
import { createHash } from 'node:crypto'

const find = (place: FakePlace, wanted: Parameters<typeof findSystem>[1] = {}) =>
  findSystem(place, wanted, signal)

/** Puts another kit beside a copy, with a checksum that fits. */
function exchangeKit(place: FakePlace, id: string, kit: Buffer): void {
  const manifest = place.manifests.get(id)
  if (!manifest?.kit) throw new Error('there is no kit to exchange')
  place.kits.set(id, kit)
  const sha256 = createHash('sha256').update(kit).digest('hex')
  place.manifests.set(id, { ...manifest, kit: { ...manifest.kit, sha256 } })
}

describe('finding a system at a place', () => {
  test('takes the newest kit, and every good archive of each target, newest first', async () => {
    const { place, ids } = await hospital(2)
    const { kit, backups, notes } = await find(place)
    expect(kit.manifest.id).toBe(ids[1])
    expect(kit.kit).toMatchObject({
      settings: { IMAGE: 'ops-mongo:6.0.5' },
      configuration: 'ops.yaml',
      replicaSet: { name: 'rs0', members: ['mongodb:27017'] },
    })
    expect(backups['medical']?.map(({ id }) => id)).toEqual(ids.toReversed())
    expect(notes).toEqual([])
    const named = await find(place, { backup: ids[0] ?? '', target: 'medical' })
    expect(named.backups['medical']?.map(({ id }) => id)).toEqual([ids[0]])
  })

  test('passes over what cannot be relied on, and says so', async () => {
    const { place, ids } = await hospital(2)
    const newest = place.manifests.get(ids[1] ?? '')
    if (newest) place.manifests.set(newest.id, { ...newest, trust: 'damaged' })
    const { kit, notes } = await find(place)
    expect(kit.manifest.id).toBe(ids[0])
    expect(notes).toEqual([`${ids[1] ?? ''} is newer, and passed over: it is damaged`])
  })

  test('takes an older kit where the newest is gone or damaged', async () => {
    const { place, ids } = await hospital(2)
    place.kits.set(ids[1] ?? '', Buffer.from('not it'))
    const { kit, notes } = await find(place)
    expect(kit.manifest.id).toBe(ids[0])
    expect(notes.join()).toContain('is damaged')
    place.kits.clear()
    await expect(find(place)).rejects.toMatchObject({ code: 'KIT_MISSING', exitCode: 10 })
  })

  test.each([
    ['a name that leads out of the folder', '../../etc/passwd'],
    ['an absolute name', '/etc/passwd'],
  ])('takes no kit with %s', async (_, name) => {
    const { place, ids } = await hospital()
    const id = ids[0] ?? ''
    const files = [
      { name: `${id}.kit/kit.json`, text: '{}' },
      { name: `${id}.kit/${name}`, text: 'root' },
    ]
    exchangeKit(place, id, packed(files, 0))
    await expect(find(place)).rejects.toMatchObject({ code: 'KIT_DAMAGED', exitCode: 12 })
  })

  test.each<[string, Record<string, unknown>, string[]]>([
    ['whose configuration leads out of the folder', { configuration: '../../root/keys' }, []],
    ['whose configuration would be .env', { configuration: '.env' }, []],
    ['whose configuration has the name of another file', { configuration: 'a.yml' }, ['a.yml']],
    ['with a compose file outside', { composeFiles: ['../up.yml'] }, []],
    ['with a compose file at an absolute path', { composeFiles: ['/etc/up.yml'] }, []],
    ['that names no compose files', { composeFiles: undefined }, []],
    ['that brings an .env', {}, ['.env']],
    ['that brings an .env by another spelling', {}, ['./.env']],
  ])('takes no kit %s', async (_, said, names) => {
    const { place, ids } = await hospital()
    const id = ids[0] ?? ''
    const kit = { composeFiles: ['docker-compose.yml'], ...said }
    const brought = ['ops.yaml', ...names].map((name) => ({ name, text: 'ssh-rsa …' }))
    const files = [{ name: 'kit.json', text: JSON.stringify(kit) }, ...brought]
    exchangeKit(
      place,
      id,
      packed(
        files.map(({ name, text }) => ({ name: `${id}.kit/${name}`, text })),
        0,
      ),
    )
    await expect(find(place)).rejects.toMatchObject({ code: 'KIT_DAMAGED', exitCode: 12 })
  })

  test('takes no kit that is no tar, or holds no kit.json', async () => {
    const { place, ids } = await hospital()
    const id = ids[0] ?? ''
    exchangeKit(place, id, Buffer.from('no tar at all'))
    await expect(find(place)).rejects.toMatchObject({ code: 'KIT_DAMAGED' })
    exchangeKit(place, id, packed([{ name: `${id}.kit/other`, text: '' }], 0))
    await expect(find(place)).rejects.toMatchObject({ code: 'KIT_DAMAGED' })
  })

  test('says what is not there', async () => {
    const place = new FakePlace()
    await expect(find(place)).rejects.toMatchObject({ code: 'SYSTEM_NOT_FOUND', exitCode: 10 })
    const { place: full } = await hospital()
    await expect(find(full, { target: 'ward' })).rejects.toMatchObject({ code: 'SYSTEM_NOT_FOUND' })
    const backup = 'medical-20200101T000000Z'
    await expect(find(full, { backup })).rejects.toMatchObject({ code: 'BACKUP_NOT_FOUND' })
    const id = 'ward-20261121T130204Z'
    place.manifests.set(id, manifestFor(id, Buffer.from('1'), { target: 'ward', trust: 'damaged' }))
    await expect(find(place)).rejects.toMatchObject({ code: 'NO_SOUND_BACKUP', exitCode: 12 })
  })
})
