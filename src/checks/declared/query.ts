import type { FactsOf } from '../../domain/declared/facts.js'
import type { RuleOf } from '../../domain/declared/rule.js'
import type { Finding } from '../../domain/finding.js'
import { broken, fine, unknown } from '../doctor/finding.js'
import { counted } from '../doctor/words.js'

/** Does the query match as many documents as it should? Nothing of the documents is told, nor of the query. */
export function judgeQuery(
  id: string,
  { what, min, max }: RuleOf['query'],
  { count, exists }: FactsOf['query'],
): Finding {
  const says = `the query matches ${counted(count, 'document')} of ${what}`
  const next = ['ops config show   (the query stands in ops.yaml)']
  const value = { count }
  const isShort = min !== undefined && count < min
  if (!exists) {
    const because = 'there is no such collection'
    return (isShort ? broken : unknown)(id, { says, because, next, value })
  }
  if (isShort)
    return broken(id, { says, because: `at least ${min.toString()} are expected`, next, value })
  if (max !== undefined && count > max)
    return broken(id, { says, because: `at most ${max.toString()} are expected`, next, value })
  return fine(id, says, '', value)
}
