import { expect, test } from 'vitest'
import { folderShelf } from '../../../src/adapters/shelf/shelf.js'
import { readFailure } from '../../../src/adapters/shelf/readFailure.js'
import { failureIn, collect } from '../archive/feeding.js'

const complaint = (code: string) => Object.assign(new Error(code), { code, errno: -5 })

test.each([
  ['EIO', 'BACKUP_UNREADABLE', 12],
  ['ESTALE', 'BACKUP_UNREADABLE', 12],
  ['EISDIR', 'BACKUP_NOT_FOUND', 10],
  ['ENOENT', 'BACKUP_NOT_FOUND', 10],
  ['EACCES', 'SHELF_UNREADABLE', 13],
])('%s while a backup is read is %s', (errno, code, exitCode) => {
  expect(readFailure('/shelf/a', 7, complaint(errno))).toMatchObject({ code, exitCode })
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
