import type { Finding } from '../../domain/finding.js'
import { blind, broken, unknown } from '../doctor/finding.js'
import type { NamespaceEvidence } from './evidence.js'
import { judgeDocuments } from './judgeDocuments.js'
import { judgeDuplicates } from './judgeDuplicates.js'
import { judgeRequired, judgeTypes } from './judgeFields.js'
import { judgeIndexes } from './judgeIndexes.js'

/**
 * What is so of a namespace, held against what is expected of it. Where nothing is expected, that is said and not called good:
 * nobody has told what good is.
 */
export function judgeNamespace(evidence: NamespaceEvidence): readonly Finding[] {
  const { namespace, expected, live, structure } = evidence
  if (!live)
    return [
      broken(`${namespace}.there`, {
        says: `${namespace} is not there`,
        because: 'ops.yaml expects it, and the server has no collection of that name',
        next: ['ops dr deletion --dry-run   (what was deleted)', 'ops restore --dry-run'],
      }),
    ]
  return [
    ...judgeDocuments(evidence),
    ...judgeIndexes(evidence),
    ...judgeRequired(evidence),
    ...judgeTypes(evidence),
    ...judgeDuplicates(evidence),
    ...(structure && structure.state !== 'seen'
      ? [blind(`${namespace}.structure`, `what documents of ${namespace} are made of`, structure)]
      : []),
    ...(expected && Object.keys(expected).length > 0
      ? []
      : [
          unknown(`${namespace}.expectations`, {
            says: `nothing is expected of ${namespace}`,
            because: 'ops.yaml does not say what is right: what is there is shown, and not judged',
            next: [proposal(evidence)],
          }),
        ]),
  ]
}

/** What could be written into ops.yaml, by what is there now. */
function proposal({ namespace, live, tally }: NamespaceEvidence): string {
  const documents = tally?.state === 'seen' ? tally.facts.documents : live?.estimated
  const least = `documents: { min: ${(documents ?? 1).toString()} }`
  const indexes = (live?.indexes ?? [])
    .filter(({ name, key }) => name !== '_id_' && Object.values(key).every((kind) => kind === 1))
    .map(({ key }) => `'${Object.keys(key).join(',')}'`)
  const all = indexes.length === 0 ? [least] : [least, `indexes: [${indexes.join(', ')}]`]
  return `expectations: { ${namespace}: { ${all.join(', ')} } }   (in ops.yaml, of the target)`
}
