import type { FactsOf } from '../../domain/declared/facts.js'
import type { RuleOf } from '../../domain/declared/rule.js'
import type { Finding } from '../../domain/finding.js'
import { broken, fine, unknown } from '../doctor/finding.js'
import { quoted } from '../../domain/quoted.js'

/** Does the address answer as it should: with that status, in that time, with that in the body? */
export function judgeHttp(id: string, rule: RuleOf['http'], facts: FactsOf['http']): Finding {
  const { address, status: wanted, maxMilliseconds } = rule
  const next = [`curl --include ${quoted(address)}`]
  if (!facts.answered)
    return broken(id, { says: `${address} does not answer`, because: facts.because, next })
  const { status, milliseconds, redirects, contains, matches, unread } = facts
  const value = { status, milliseconds }
  if (!isWanted(status, wanted)) {
    const because = redirects
      ? 'it sends to another address, where nobody went: declare that one, or the status'
      : `wanted is ${wanted.length === 0 ? '200 to 299' : wanted.join(', ')}`
    return broken(id, {
      says: `${address} answers ${status.toString()}`,
      because,
      next,
      value,
    })
  }
  const missing =
    contains === false ? 'the text' : matches === false ? 'what the pattern matches' : undefined
  if (missing !== undefined) {
    const says = `the answer of ${address} does not hold ${missing}`
    if (unread !== undefined)
      return unknown(id, { says: `${says} as far as it was read`, because: unread, next, value })
    return broken(id, { says, next, value })
  }
  if (maxMilliseconds !== undefined && milliseconds > maxMilliseconds)
    return broken(id, {
      says: `${address} is slow: ${Math.round(milliseconds).toString()} ms`,
      because: `it may take ${maxMilliseconds.toString()} ms`,
      next,
      value,
    })
  const says = `${address} answers ${status.toString()} in ${Math.round(milliseconds).toString()} ms`
  return fine(id, says, '', value)
}

function isWanted(status: number, wanted: readonly number[]): boolean {
  return wanted.length === 0 ? status >= 200 && status <= 299 : wanted.includes(status)
}
