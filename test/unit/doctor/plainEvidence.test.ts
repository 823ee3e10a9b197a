import { expect, test } from 'vitest'
import { collect } from '../../../src/checks/doctor/collect.js'
import { judge } from '../../../src/checks/doctor/judge.js'
import { filed, scene } from './patient.js'

test('evidence is plain data and holds no secret', async () => {
  const { patientWith } = scene()
  const signal = new AbortController().signal
  const patient = patientWith()
  const seen = await collect(patient, { clock: patient.clock, signal })
  const text = JSON.stringify(seen)
  expect(text).not.toContain('k@n:a/r?y')
  expect(text).not.toContain(filed)
  expect(judge(JSON.parse(text) as typeof seen)).toEqual(judge(seen))
})
