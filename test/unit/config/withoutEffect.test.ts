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
  expect(file('objectives: {rto: 1h, rpo: 5m}').warnings).toEqual([
    'objectives.rpo has no effect in this version: nothing is held against it',
  ])
})

test('the same settings left out are not mentioned', () => {
  expect(file('backup: {retention: {daily: 7}}').warnings).toEqual([])
  expect(file('pitr: {enabled: true, every: 60s}\nobjectives: {backupAge: 26h}').warnings).toEqual(
    [],
  )
})
