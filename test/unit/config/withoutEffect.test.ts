import { expect, test } from 'vitest'
import { parseConfig } from '../../../src/config/parse.js'

const surroundings = { env: {}, cwd: '/srv', home: '/root', uid: 0 }
const file = (more: string) =>
  parseConfig(
    `version: 1\nname: hospital\ntargets: {medical: {container: db}}\n${more}`,
    '/srv/ops.yaml',
    surroundings,
  )

test('a setting that this version does not act on is read, checked, and named at every reading', () => {
  expect(file('pitr: {enabled: true, every: 60s}').warnings).toEqual([
    'pitr.every has no effect in this version: no oplog slices are taken between backups',
  ])
  expect(
    file('pitr: {enabled: true, every: 60s}\nobjectives: {rto: 1h, rpo: 5m}').warnings,
  ).toHaveLength(2)
})

test('the same settings left out are not mentioned', () => {
  expect(file('backup: {retention: {daily: 7}}').warnings).toEqual([])
  expect(file('pitr: {enabled: true}\nobjectives: {backupAge: 26h}').warnings).toEqual([])
})
