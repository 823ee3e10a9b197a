import { describe, expect, test } from 'vitest'
import { folderFailure } from '../../../src/adapters/copies/folderFailure.js'
import { whyNotMounted } from '../../../src/adapters/copies/mount.js'
import { Failure } from '../../../src/domain/failure.js'

describe('whether a disk is mounted', () => {
  const facts = { device: 5, made: true, shelfDevice: 2, rootDevice: 1, mountPoint: false }

  test.each([
    ['a folder of another disk', facts, undefined],
    ['a mount point', { ...facts, device: 1, mountPoint: true }, undefined],
    ['a bind mount of the disk of the shelf', { ...facts, device: 2, mountPoint: true }, undefined],
    [
      'a folder beside the shelf',
      { ...facts, device: 2 },
      'it lies on the same file system as the shelf',
    ],
    [
      'what an unplugged disk leaves behind',
      { ...facts, device: 1 },
      "it lies on this machine's own disk",
    ],
    [
      'a folder on another disk, where there is no shelf yet',
      { device: 5, made: true, rootDevice: 1, mountPoint: false },
      undefined,
    ],
    ['a folder that is not made yet, on another disk', { ...facts, made: false }, undefined],
    ['nothing where the disk should be', { ...facts, made: false, device: 1 }, 'it is not there'],
    [
      'nothing where the shelf has its disk',
      { ...facts, made: false, device: 2 },
      'it is not there',
    ],
  ] as const)('%s', (_what, given, why) => {
    expect(whyNotMounted(given)).toBe(why)
  })
})

test.each([
  ['ENOSPC', 'COPY_FULL', 14],
  ['EDQUOT', 'COPY_FULL', 14],
  ['EIO', 'COPY_BROKEN', 1],
  ['ESTALE', 'COPY_BROKEN', 1],
  ['EROFS', 'COPY_UNWRITABLE', 13],
  ['EACCES', 'COPY_UNWRITABLE', 13],
  ['ENOTDIR', 'COPY_UNWRITABLE', 13],
  ['ENOENT', 'COPY_UNWRITABLE', 13],
])('%s of a disk is %s, exit %i', (code, expected, exitCode) => {
  const said = folderFailure('/mnt/usb', Object.assign(new Error('it said so'), { code }))
  expect(said).toMatchObject({ code: expected, exitCode })
  expect((said as Failure).next.length).toBeGreaterThan(0)
})

test('a folder that others may write to is refused under a name of its own', () => {
  const shelf = new Failure('refused', 'SHELF_EXPOSED', 'others may write to /mnt/usb', ['chmod'])
  expect(folderFailure('/mnt/usb', shelf)).toMatchObject({ code: 'COPY_EXPOSED', kind: 'refused' })
  const other = new Error('a bug')
  expect(folderFailure('/mnt/usb', other)).toBe(other)
})
