import type { FactsOf } from '../../domain/declared/facts.js'
import type { RuleOf } from '../../domain/declared/rule.js'
import type { Finding } from '../../domain/finding.js'
import { broken, doubtful, fine, unknown } from '../doctor/finding.js'
import { counted, span } from '../doctor/words.js'

/** Seconds by which two clocks may differ without anybody being alarmed. */
const skew = 60

/** Is the newest young enough? What comes from the future says nothing of its age. */
export function judgeFreshness(
  id: string,
  { what, maxAgeSeconds }: RuleOf['freshness'],
  { newest, found, unseen }: FactsOf['freshness'],
  at: string,
): Finding {
  const ageSeconds = newest === null ? null : (Date.parse(at) - Date.parse(newest)) / 1000
  const value = { newest, ageSeconds, found }
  const next = ['ops config show']
  if (ageSeconds !== null && ageSeconds < -skew)
    return doubtful(id, {
      says: `the newest of ${what} is ${span(-ageSeconds)} ahead of our clock`,
      because: 'a clock is wrong, here or where it was written: how old it is cannot be told',
      next: ['timedatectl status'],
      value,
    })
  if (ageSeconds !== null && ageSeconds <= maxAgeSeconds)
    return fine(id, `the newest of ${what} is ${span(Math.max(0, ageSeconds))} old`, '', value)
  if (unseen > 0)
    return unknown(id, {
      says: `no fresh one of ${what} was found`,
      because: `${counted(unseen, 'folder')} could not be looked into`,
      next,
      value,
    })
  if (ageSeconds === null)
    return broken(id, { says: `there is none of ${what}`, because: '', next, value })
  return broken(id, {
    says: `the newest of ${what} is ${span(ageSeconds)} old`,
    because: `it may be ${span(maxAgeSeconds)} old`,
    next,
    value,
  })
}
