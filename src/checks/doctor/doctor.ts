import { collect } from './collect.js'
import { judge, type Diagnosis } from './judge.js'
import type { Patient } from './patient.js'

export type { Diagnosis } from './judge.js'

/**
 * Is this machine able to do its job? Looks at everything at once, changes nothing, then judges what was seen. Throws the
 * signal's reason only.
 */
export async function diagnose(patient: Patient, signal: AbortSignal): Promise<Diagnosis> {
  return judge(await collect(patient, { clock: patient.clock, signal }))
}
