import type { FactsOf } from '../../domain/declared/facts.js'
import type { RuleOf } from '../../domain/declared/rule.js'
import type { Finding } from '../../domain/finding.js'
import { broken, fine } from '../doctor/finding.js'

/** Does somebody listen there, and greet as expected? */
export function judgeTcp(id: string, { address }: RuleOf['tcp'], facts: FactsOf['tcp']): Finding {
  const next = [`nc -vz ${address.replace(/:(\d+)$/, ' $1')}`]
  if (!facts.answered)
    return broken(id, { says: `${address} takes no connection`, because: facts.because, next })
  const value = { milliseconds: facts.milliseconds }
  if (facts.greeted === false)
    return broken(id, {
      says: `${address} does not greet as it should`,
      because: 'something listens there that is not what was expected, or it is not ready',
      next,
      value,
    })
  return fine(id, `${address} takes connections`, '', value)
}
