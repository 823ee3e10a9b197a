import { expect, test } from 'vitest'
import { folderShelf } from '../../../src/adapters/shelf/shelf.js'
import { readFailure } from '../../../src/adapters/shelf/readFailure.js'
import { failureIn, collect } from '../archive/feeding.js'

const complaint = (code: string, errno: number) =>
  Object.assign(new Error(code), { code, errno: -errno })

test.each([
  ['EIO', 5, 'BACKUP_UNREADABLE', 12],
  ['ENODATA', 61, 'BACKUP_UNREADABLE', 12],
  ['Unknown system error -74', 74, 'BACKUP_UNREADABLE', 12],
  ['Unknown system error -117', 117, 'BACKUP_UNREADABLE', 12],
  ['EREMOTEIO', 121, 'BACKUP_UNREADABLE', 12],
  ['EISDIR', 21, 'BACKUP_NOT_FOUND', 10],
  ['ENOENT', 2, 'BACKUP_NOT_FOUND', 10],
  ['EACCES', 13, 'SHELF_UNREADABLE', 13],
])('%s (%i) while a backup is read is %s', (errno, number, code, exitCode) => {
  expect(readFailure('/shelf/a', 7, complaint(errno, number))).toMatchObject({ code, exitCode })
})

test.each([
  ['ESTALE', 116],
  ['ETIMEDOUT', 110],
  ['ENOTCONN', 107],
  ['EHOSTDOWN', 112],
  ['EMFILE', 24],
  ['ENOMEM', 12],
  ['EAGAIN', 11],
  ['ENXIO', 6],
])('%s says nothing of the backup: it is no damage', (errno, number) => {
  expect(readFailure('/shelf/a', 7, complaint(errno, number))).toMatchObject({
    kind: 'environment',
    code: 'SHELF_UNREADABLE',
    message: expect.stringContaining(errno) as string,
  })
})

test('what is no complaint of the system stays what it is', () => {
  const bug = new TypeError('no')
  expect(readFailure('/shelf/a', 0, bug)).toBe(bug)
})

test('a read error is found where it happens, and a folder is called one', async () => {
  const shelf = folderShelf('/nowhere', 'medical')
  // The first page of a process is mapped nowhere: reading it is EIO, as a sector that is gone.
  const broken = await failureIn(collect(shelf.read('/proc/self/mem')))
  expect(broken).toMatchObject({ code: 'BACKUP_UNREADABLE', facts: { byte: 0 } })
  const folder = await failureIn(collect(shelf.read('/tmp')))
  expect(folder.message).toBe('/tmp is a folder, not a file')
})
