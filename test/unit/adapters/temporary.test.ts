import { expect, test } from 'vitest'
import { temporaryFor, temporaryOf } from '../../../src/adapters/disk/durable.js'

test('a temporary name tells what it stands for, whose it is, and that it is of this machine', () => {
  const name = temporaryFor('/backups/medical.json')
  expect(temporaryOf(name)).toEqual({ name: '/backups/medical.json', pid: process.pid, ours: true })
  expect(temporaryFor('/backups/medical.json')).not.toBe(name)
})

test.each([
  ['x.json.12-3@db02_example_org.partial', { name: 'x.json', pid: 12, ours: false }],
  ['x.1-2@y.json.12-3@db02.partial', { name: 'x.1-2@y.json', pid: 12, ours: false }],
  ['x.json.12-3.partial', { name: 'x.json', pid: 12, ours: true }],
  ['x.archive.gz.partial', undefined],
  ['x.json', undefined],
])('%s', (name, told) => {
  expect(temporaryOf(name)).toEqual(told)
})
