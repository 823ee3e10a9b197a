import type { Finding, Severity } from '../../domain/finding.js'
import type { Looked } from './evidence.js'

/** What the words of a finding are made of. */
export interface Words {
  readonly says: string
  readonly because?: string
  readonly next?: readonly string[]
  readonly value?: unknown
}

/** A finding of that severity. */
function finding(severity: Severity, id: string, words: Words): Finding {
  const { says, because = '', next = [], value } = words
  return { id, severity, says, because, next, ...(value === undefined ? {} : { value }) }
}

/** All is as it should be. */
export function fine(id: string, says: string, because = '', value?: unknown): Finding {
  return finding('ok', id, { says, because, ...(value === undefined ? {} : { value }) })
}

/** Something to see to; the job can be done all the same. */
export function doubtful(id: string, words: Words): Finding {
  return finding('warn', id, words)
}

/** The job, or a part of it, cannot be done like this. */
export function broken(id: string, words: Words): Finding {
  return finding('fail', id, words)
}

/** Could not look, and so does not know. */
export function unknown(id: string, words: Words): Finding {
  return finding('unknown', id, words)
}

type Blind = Exclude<Looked<never>, { state: 'seen' }>

/**
 * Nothing was seen of `what`: because of something that a finding of its own tells of, or because nobody answered.
 * `next` is for where the reason itself knows no way on.
 */
export function blind(
  id: string,
  what: string,
  looked: Blind,
  next: readonly string[] = ['ops doctor'],
): Finding {
  const says = /^(whether|how|where) /.test(what)
    ? `it is not known ${what}`
    : `${what} could not be looked at`
  if (looked.state === 'unseen') return unknown(id, { says, because: looked.because, next })
  return unknown(id, {
    says,
    because: looked.message,
    next: looked.next.length > 0 ? looked.next : next,
    value: { code: looked.code },
  })
}

/** An expected failure that is exactly what the check is about. */
export function refused(
  id: string,
  says: string,
  { code, message, next }: Extract<Blind, { state: 'refused' }>,
): Finding {
  return broken(id, { says, because: message, next, value: { code } })
}
