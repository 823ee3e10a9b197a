import { expect, test } from 'vitest'
import { lookingAt } from '../../../src/adapters/shelf/shelfFailure.js'

const complaint = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }))

test.each([
  ['EACCES', 'SHELF_UNREADABLE', 13],
  ['EPERM', 'SHELF_UNREADABLE', 13],
  ['EIO', 'SHELF_BROKEN', 1],
])('%s while a shelf is looked at is %s', async (errno, code, exitCode) => {
  await expect(lookingAt('/shelf', complaint(errno))).rejects.toMatchObject({ code, exitCode })
})

test('what was seen is handed back', async () => {
  expect(await lookingAt('/shelf', () => Promise.resolve(7))).toBe(7)
})
