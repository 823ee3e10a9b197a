import { expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.js'
import { verifyFile } from '../../../src/procedures/backup/verifyBackup.js'
import { fakeWorld, medical } from '../../fakes/world.js'
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
