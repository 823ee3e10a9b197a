import { expect, test } from 'vitest'
import { heldBytes } from '../../../src/adapters/docker/containerUse.js'

const mega = 1024 * 1024

test('pages of files are not held, whether they were used a moment ago or long ago', () => {
  const usage = 1000 * mega
  const stats = { inactive_file: 100 * mega, active_file: 500 * mega, anon: 390 * mega }
  expect(heldBytes({ usage, stats })).toBe(400 * mega)
})

test('what of them is not on the disk yet is', () => {
  const stats = { inactive_file: 100 * mega, active_file: 500 * mega }
  const unwritten = { file_dirty: 50 * mega, file_writeback: 10 * mega }
  expect(heldBytes({ usage: 1000 * mega, stats: { ...stats, ...unwritten } })).toBe(460 * mega)
  // More of it than there are such pages: of memory that is shared, which is held anyway.
  expect(heldBytes({ usage: 700 * mega, stats: { ...stats, file_dirty: 900 * mega } })).toBe(
    700 * mega,
  )
})

test('version 1 of control groups says the same by other names, those of children among them', () => {
  const stats = {
    inactive_file: 1,
    active_file: 1,
    dirty: 0,
    total_inactive_file: 300 * mega,
    total_active_file: 200 * mega,
    total_dirty: 100 * mega,
    total_writeback: 0,
  }
  expect(heldBytes({ usage: 1000 * mega, stats })).toBe(600 * mega)
})

test('an engine that says nothing of it is taken by its word', () => {
  expect(heldBytes({ usage: 7 })).toBe(7)
  expect(heldBytes({})).toBe(0)
})
