import type { FactsOf } from '../../domain/declared/facts.js'
import type { RuleOf } from '../../domain/declared/rule.js'
import type { Finding } from '../../domain/finding.js'
import { broken, fine, unknown } from '../doctor/finding.js'
import { quoted } from '../../domain/quoted.js'
import { counted, span } from '../doctor/words.js'

/** Does the service say something too often, or not at all any more? */
export function judgeLog(id: string, rule: RuleOf['log'], facts: FactsOf['log']): Finding {
  const { service, seconds, pattern, min, max } = rule
  const { lines, matching, coveredSeconds } = facts
  const found = pattern === undefined ? lines : matching
  const what = pattern === undefined ? 'line' : 'such line'
  const says = `${service} wrote ${counted(found, what)} in the last ${span(seconds)}`
  const grep = pattern === undefined ? '' : ` --grep ${quoted(pattern)}`
  const next = [`ops stack logs ${service} --since ${seconds.toString()}s${grep}`]
  const value = { matching: found, seconds }
  if (max !== undefined && found > max)
    return broken(id, { says, because: `at most ${max.toString()} are expected`, next, value })
  if (min !== undefined && found < min && coveredSeconds !== undefined)
    return unknown(id, {
      says: `it is not known whether ${service} wrote enough in the last ${span(seconds)}`,
      because: `its container is there for ${span(coveredSeconds)}, and what the one before it wrote went with that (${counted(found, what)} since)`,
      next,
      value: { ...value, coveredSeconds },
    })
  if (min !== undefined && found < min) {
    const because =
      lines === 0 ? 'it wrote nothing at all' : `at least ${min.toString()} are expected`
    return broken(id, { says, because, next, value })
  }
  return fine(id, says, '', value)
}
