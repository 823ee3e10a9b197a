import type { FactsOf } from '../../domain/declared/facts.js'
import type { Levels, RuleOf } from '../../domain/declared/rule.js'
import type { Finding } from '../../domain/finding.js'
import { broken, doubtful, fine } from '../doctor/finding.js'
import { counted } from '../doctor/words.js'

/** Is it trusted, for that name, now, and for long enough? Each of them counts: one alone proves nothing. */
export function judgeCertificate(
  id: string,
  { what, daysLeft }: RuleOf['certificate'],
  facts: FactsOf['certificate'],
  at: string,
): Finding {
  const next = ['renew the certificate, and have its service load it']
  if (!facts.answered)
    return broken(id, { says: `${what} shows no certificate`, because: facts.because, next })
  const { from, until, of, untrusted, named } = facts
  const now = Date.parse(at)
  const days = Math.floor((Date.parse(until) - now) / 86_400_000)
  const value = { from, until, daysLeft: days }
  const because = of === 'its own' ? '' : 'the one that ends first is that of an issuer'
  if (now < Date.parse(from))
    return broken(id, {
      says: `the certificate of ${what} is not valid yet`,
      because: `it begins at ${from}: it was made wrongly, or a clock is wrong`,
      next: ['timedatectl status', ...next],
      value,
    })
  if (days < 0)
    return broken(id, { says: `the certificate of ${what} has expired`, because, next, value })
  if (untrusted !== undefined)
    return broken(id, {
      says: `the certificate of ${what} is not trusted`,
      because: untrusted,
      next,
      value,
    })
  if (named === false)
    return broken(id, {
      says: `the certificate of ${what} is for another name`,
      because: 'whoever asks for this name is right to turn away',
      next,
      value,
    })
  const says = `the certificate of ${what} is valid for ${counted(days, 'more day')}`
  const level = levelOf(days, daysLeft)
  if (level === 'ok') return fine(id, says, because, value)
  return (level === 'fail' ? broken : doubtful)(id, { says, because, next, value })
}

function levelOf(days: number, { warn = -1, fail = -1 }: Levels): 'ok' | 'warn' | 'fail' {
  if (days < fail) return 'fail'
  return days < warn ? 'warn' : 'ok'
}
