import type { NamespaceEvidence, SeenTally } from '../../../src/checks/data/evidence.js'
import type { Looked } from '../../../src/checks/doctor/evidence.js'
import type { Finding } from '../../../src/domain/finding.js'

export const records = 'medical_records.healthcare_data'

/** A look that brought facts. */
export function saw<Facts>(facts: Facts): Looked<Facts> {
  return { state: 'seen', facts }
}

/** A look that brought nothing. */
export const blindly: Looked<never> = { state: 'unseen', because: 'no answer within 1 s' }

/** What every document was counted for. */
export function tally(
  documents: number,
  fields: Readonly<Record<string, Readonly<Record<string, number>>>> = {},
  whole = true,
): Looked<SeenTally> {
  const counted = Object.entries(fields).map(([path, kinds]) => ({ path, kinds }))
  return saw({ documents, whole, fields: counted })
}

/** A collection that is there, of which nothing is expected but what is given. */
export function evidence(changes: Partial<NamespaceEvidence> = {}): NamespaceEvidence {
  return {
    namespace: records,
    expected: {},
    live: { type: 'collection', estimated: 100, indexes: [] },
    tally: tally(100),
    structure: saw({ sampled: 100, paths: [], isCut: false }),
    unique: [],
    ...changes,
  }
}

/** The only finding of a list. */
export function only(findings: readonly Finding[]): Finding {
  const [one, ...others] = findings
  if (!one || others.length > 0) throw new Error(`${findings.length.toString()} findings`)
  return one
}
