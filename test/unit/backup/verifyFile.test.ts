import { describe, expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.js'
import type { Manifest } from '../../../src/domain/manifest.js'
import { verifyEntry, verifyFile } from '../../../src/procedures/backup/verifyBackup.js'
import { FakeShelf } from '../../fakes/shelf.js'
import { fakeWorld, medical } from '../../fakes/world.js'
import { manifestFor } from '../../fakes/manifest.js'
import { fixture } from '../archive/feeding.js'

const options = { deep: false, signal: new AbortController().signal, progress: () => undefined }

test('a file is read also by a user who may not look into the shelf', async () => {
  const { world, shelf } = fakeWorld()
  shelf.files.set('/mnt/usb/a.gz', fixture('plain.archive.gz'))
  shelf.list = () =>
    Promise.reject(new Failure('environment', 'SHELF_UNREADABLE', 'it may not be read', []))
  expect(await verifyFile('/mnt/usb/a.gz', medical, world, options)).toMatchObject({
    id: null,
    trust: 'sound',
  })
  shelf.list = () => Promise.reject(new TypeError('a bug'))
  await expect(verifyFile('/mnt/usb/a.gz', medical, world, options)).rejects.toThrow('a bug')
})

test('a backup whose file is gone is a verdict, so that the others are read; nothing is recorded of it', async () => {
  const { world, shelf } = fakeWorld()
  const manifest = manifestFor('medical-20261121T010000Z', Buffer.from('gone'))
  shelf.manifests.set(manifest.id, manifest)
  shelf.read = () => {
    throw new Failure('not-found', 'BACKUP_NOT_FOUND', 'there is no file', [])
  }
  const [entry] = await shelf.list()
  if (!entry) throw new Error('it is listed')
  expect(await verifyEntry(entry, medical, world, options)).toMatchObject({
    trust: 'damaged',
    code: 'BACKUP_NOT_FOUND',
  })
  expect(shelf.manifests.get(manifest.id)).toEqual(manifest)
})

describe('a file on somebody’s disk', () => {
  const bytes = fixture('plain.archive.gz')
  const id = 'medical-20261121T010000Z'

  /** Read where a manifest like this lies beside it. */
  async function verified(changes: Partial<Manifest> = {}) {
    const { world } = fakeWorld()
    const disk = new FakeShelf('/mnt/usb')
    const path = `/mnt/usb/${id}.archive.gz`
    disk.files.set(path, bytes)
    const own = { ...world, shelf: () => Object.assign(new FakeShelf(), { files: disk.files }) }
    const alone = await verifyFile(path, medical, own, options, disk)
    const collections = alone.contents?.namespaces ?? {}
    disk.manifests.set(id, manifestFor(id, bytes, { collections, ...changes }))
    const before = structuredClone(disk.manifests.get(id))
    const judgement = await verifyFile(path, medical, own, options, disk)
    expect(disk.manifests.get(id)).toEqual(before)
    return { alone, judgement }
  }

  test('is held against the manifest beside it, and nothing is written there', async () => {
    const { judgement } = await verified()
    expect(judgement).toMatchObject({ id, trust: 'sound', manifest: 'beside it' })
  })

  test.each<[string, Partial<Manifest>]>([
    ['of another checksum', { sha256: 'f'.repeat(64) }],
    ['of other counts', { collections: {} }],
  ])('with a manifest %s is damaged', async (_, changes) => {
    const { judgement } = await verified(changes)
    expect(judgement).toMatchObject({
      trust: 'damaged',
      code: 'CHECKSUM_MISMATCH',
      manifest: 'beside it',
    })
  })

  test('is read for itself where no manifest of it is there, and that is said', async () => {
    const { alone } = await verified()
    expect(alone).toMatchObject({ id: null, trust: 'sound', manifest: null })
    expect(alone.says).toContain('no manifest')
  })

  const damaged = { trust: 'damaged', code: 'MANIFEST_UNUSABLE', manifest: 'beside it' }

  test('is not called whole where the manifest beside it is that of another file', async () => {
    const { judgement } = await verified({ file: `${id}.archive.gz.age` })
    expect(judgement).toMatchObject(damaged)
    expect(judgement.says).toContain(`${id}.archive.gz.age`)
  })

  test('is not called whole where what lies in the place of its manifest is none, or is in the trash alone', async () => {
    const { world } = fakeWorld()
    const disk = new FakeShelf('/mnt/usb')
    const path = `/mnt/usb/${id}.archive.gz`
    disk.files.set(path, bytes)
    const own = { ...world, shelf: () => Object.assign(new FakeShelf(), { files: disk.files }) }
    const manifest = manifestFor(id, Buffer.from('another'))
    disk.trashed.set(id, { manifest, removedAt: '2026-11-21T13:00:00.000Z' })
    const before = await verifyFile(path, medical, own, options, disk)
    expect(before).toMatchObject({ trust: 'sound', manifest: null })
    disk.spoiled.set(id, 'it is not JSON')
    const judgement = await verifyFile(path, medical, own, options, disk)
    expect(judgement).toMatchObject(damaged)
    expect(judgement.says).toContain('it is not JSON')
  })
})
