import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { belongings } from '../../../src/procedures/copies/belongings.js'
import { takeBackup } from '../../../src/procedures/backup/takeBackup.js'
import { FakePlace } from '../../fakes/copyPlace.js'
import { manifestFor } from '../../fakes/manifest.js'
import { FakeShelf } from '../../fakes/shelf.js'
import { carriedOut, compression, fakeWorld, medical } from '../../fakes/world.js'

const id = 'medical-20261121T130204Z'
const bytes = Buffer.from('a tar')
const named = {
  file: `${id}.kit.tar`,
  bytes: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
  holds: ['kit.json'],
  leftOut: [],
}

describe('what travels with a backup', () => {
  const found = async (kit: Buffer | undefined, file = named.file) => {
    const shelf = new FakeShelf()
    if (kit) await shelf.lay(file, kit)
    return belongings(manifestFor(id, Buffer.from('x'), { kit: { ...named, file } }), shelf)
  }

  test('is its kit, if that is what the manifest says', async () => {
    const { kit, manifest } = await found(bytes)
    expect(kit).toEqual(bytes)
    expect(manifest.kit).toEqual(named)
  })

  test('is no kit that is gone, changed, longer than it was, or of another name; nothing claims one then', async () => {
    for (const [content, file] of [
      [undefined, named.file],
      [Buffer.from('a TAR'), named.file],
      [Buffer.concat([bytes, bytes]), named.file],
      [bytes, '../secret'],
    ] as const) {
      const { kit, manifest } = await found(content, file)
      expect(kit).toBeUndefined()
      expect(manifest).not.toHaveProperty('kit')
    }
  })

  test('are the guides that lie on the shelf', async () => {
    const shelf = new FakeShelf()
    await shelf.lay('RESTORE.md', Buffer.from('how to'))
    await shelf.layAbove('RESTORE.md', Buffer.from('which is which'))
    const { guides } = await belongings(manifestFor(id, bytes), shelf)
    expect(guides).toEqual({
      beside: Buffer.from('how to'),
      above: Buffer.from('which is which'),
    })
  })
})

test('a backup brings its kit to the places, named in the manifest there', async () => {
  const scene = fakeWorld()
  scene.server.collection('medical_records', 'healthcare_data', [{ _id: 1 }])
  const usb = new FakePlace('usb')
  const world = { ...scene.world, copies: [usb] }
  const kit = { configurationFile: '/srv/ops.yaml', plainPasswords: [], targets: [medical] }
  const request = { target: medical, compression, safety: false, kit }
  const { result } = await carriedOut(await takeBackup.plan(request, world), world)
  expect(usb.kits.get(result.id)).toHaveLength(result.kit?.bytes ?? -1)
  expect(usb.manifests.get(result.id)?.kit).toEqual(result.kit)
  expect(usb.guides.get('medical')?.toString()).toContain('medical')
  expect(usb.guides.get('')).toBeDefined()
})
