import { expect, test } from 'vitest'
import { diagnose } from '../../../src/checks/doctor/doctor.js'
import { scene } from './patient.js'
import { fakeMachine } from './scene.js'

const signal = new AbortController().signal

test('records that this user may not read are unknown, not absent', async () => {
  const { patientWith } = scene()
  const machine = { ...fakeMachine(), readable: () => Promise.resolve(false) }
  const { checks } = await diagnose(patientWith({}, machine), signal)
  const unknown = checks.filter(({ because }) => because.includes('may not read'))
  expect(unknown.length).toBeGreaterThan(1)
  expect(new Set(unknown.map(({ severity }) => severity))).toEqual(new Set(['unknown']))
  for (const { value } of unknown) expect(value).toMatchObject({ code: 'STATE_UNREADABLE' })
})
