import { expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.js'
import { verifyEntry, verifyFile } from '../../../src/procedures/backup/verifyBackup.js'
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
