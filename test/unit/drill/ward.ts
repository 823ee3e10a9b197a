import type { Clone } from '../../../src/ports/laboratory.js'
import type { Ward } from '../../../src/procedures/drill/scenario.js'
import { compression, medical } from '../../fakes/world.js'

/** The context of a step that nobody listens to. */
export const context = {
  signal: new AbortController().signal,
  detail: () => undefined,
  amount: () => undefined,
  remember: () => Promise.resolve(),
  warn: () => undefined,
}

/** Everything that a scenario is given beside its clone; no bare host can be had. */
export function wardOf(clone: Clone, changes: Partial<Ward> = {}): Ward {
  return {
    clone,
    target: medical,
    service: 'mongodb',
    writesTo: 'medical_records.ops_drill_writes',
    compression,
    timeoutSeconds: 10,
    place: clone.place,
    backup: 'medical-20261121T120000Z',
    wish: { project: clone.project, labels: {}, services: ['mongodb'], without: new Set() },
    document: { name: 'healthcare', services: {} },
    hosts: { open: () => Promise.reject(new Error('no bare host was expected')) },
    ...changes,
  }
}
