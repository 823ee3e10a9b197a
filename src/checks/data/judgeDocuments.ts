import type { Finding } from '../../domain/finding.js'
import { blind, broken, doubtful, fine } from '../doctor/finding.js'
import type { NamespaceEvidence } from './evidence.js'
import { many, separated } from './numbers.js'

/** How many documents there are, and whether as many as there should be. */
export function judgeDocuments(evidence: NamespaceEvidence): readonly Finding[] {
  const { namespace, expected, tally } = evidence
  const id = `${namespace}.documents`
  const { min, max } = expected?.documents ?? {}
  const counted = countOf(evidence)
  if (!counted) {
    const unseen = { state: 'unseen', because: 'they were not counted' } as const
    const looked = tally && tally.state !== 'seen' ? tally : unseen
    return [blind(id, `how many documents ${namespace} has`, looked)]
  }
  const { documents, exactly } = counted
  const value = {
    documents,
    exactly,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
  }
  const says = `${exactly ? '' : 'about '}${many(documents, 'document')}`
  const looser = exactly ? [] : [`ops data check ${namespace} --exact   (counts one by one)`]
  if (min !== undefined && documents < min)
    return [
      broken(id, {
        says: `${says}, ${separated(min - documents)} fewer than expected`,
        because: `at least ${separated(min)} are expected`,
        next: [...looser, 'ops dr deletion --dry-run   (what was deleted)'],
        value,
      }),
    ]
  if (max !== undefined && documents > max)
    return [
      broken(id, {
        says: `${says}, ${separated(documents - max)} more than expected`,
        because: `at most ${separated(max)} are expected`,
        next: [...looser, `ops data duplicates ${namespace}`],
        value,
      }),
    ]
  // That there may be none is for `min: 0` to say: a most is kept by an emptied collection as well.
  if (documents === 0 && expected && min === undefined && max !== 0)
    return [
      doubtful(id, {
        says: `${namespace} is empty`,
        because: 'ops.yaml expects something of its documents, and there are none to look at',
        next: ['documents: { min: 0 }   (in ops.yaml, where that is right)'],
        value,
      }),
    ]
  if (tally && tally.state !== 'seen' && (min !== undefined || max !== undefined)) {
    const code = tally.state === 'refused' ? { code: tally.code } : {}
    const what = `how many documents ${namespace} has (${says} by the catalog, which may be wrong)`
    return [{ ...blind(id, what, tally), value: { ...value, ...code } }]
  }
  return [fine(id, says, '', value)]
}

/** Counted one by one where that was done, else as the catalog of the server has it. */
function countOf({ live, tally }: NamespaceEvidence) {
  if (tally?.state === 'seen' && tally.facts.whole)
    return { documents: tally.facts.documents, exactly: true }
  return live?.estimated === undefined ? undefined : { documents: live.estimated, exactly: false }
}
