import { expect, test } from 'vitest'
import { parseConfig } from '../../../src/config/parse.js'

const surroundings = { env: {}, cwd: '/srv', home: '/root', uid: 0 }
const file = (more: string, target = '') =>
  parseConfig(
    `version: 1\nname: hospital\ntargets: {medical: {container: db${target}}}\n${more}`,
    '/srv/ops.yaml',
    surroundings,
  )

test('a setting that this version does not act on is read, checked, and named at every reading', () => {
  const expectations = ', expectations: {a.b: {documents: {min: 1}}}'
  expect(file('', expectations).warnings).toEqual([
    'targets.medical.expectations has no effect in this version: nothing is held against them',
  ])
})

test('the same settings left out are not mentioned', () => {
  expect(file('backup: {retention: {daily: 7}}').warnings).toEqual([])
  const objectives = 'objectives: {rto: 1h, rpo: 5m, backupAge: 26h}'
  expect(file(`pitr: {enabled: true, every: 60s}\n${objectives}`).warnings).toEqual([])
})
