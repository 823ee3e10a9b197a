import { expect, test } from 'vitest'
import { trialScreen, trialsScreen } from '../../../src/report/trial.js'
import { terminal } from './canvas.js'

const trial = {
  id: 'medical-20261121T020000Z',
  target: 'medical',
  trust: 'restore-tested' as const,
  image: 'mongo:6.0',
  serverVersion: '6.0.5',
  collections: { 'medical_records.healthcare_data': { documents: 54_966, expected: 54_966 } },
  documents: 54_966,
  sampled: 100,
  validated: 1,
  seconds: 1.4,
  secondsPerGigabyte: 61,
}

test('a trial restore says what came back, how it was proved, and how long it took', () => {
  expect(trialScreen(trial, terminal)).toMatchInlineSnapshot(`
    "✔ medical-20261121T020000Z comes back in 1.4 s  restore-tested
      medical_records.healthcare_data  54,966 of 54,966 documents
      100 documents compared byte for byte, 1 collection validated by the server
      in a scratch server of MongoDB 6.0.5 (mongo:6.0), removed again"
  `)
  expect(trialsScreen({ trials: [trial, trial] }, terminal)).toBe(
    [trial, trial].map((one) => trialScreen(one, terminal)).join('\n'),
  )
})
