import { judgeRetention, type RetentionRequest } from './judge.js'
import type { Reason, Shelved, Verdict } from './verdict.js'

/** A copy at a place, with what the shelf says of it. */
export interface Copied extends Shelved {
  /** Why it may not be whole, or not be ours, in words; absent where nothing speaks against it. */
  readonly doubt?: string
  /** How its backup stands on the shelf. */
  readonly onShelf: 'good' | 'not good' | 'gone'
}

/** What judging the copies at a place depends on besides them. */
export interface CopiesRequest extends RetentionRequest {
  /** Whether the shelf holds a good backup of that content. */
  readonly shelfHasGood: (content: Shelved['content']) => boolean
}

/**
 * What becomes of each copy of one target at one place, newest first. The rules are those of the shelf, over what lies at
 * the place; but what goes there is gone, so three more things stay: every copy while the shelf has no good backup (what
 * other places hold is not relied on: they may be out of reach on the day it matters), a copy whose backup on the shelf is
 * no longer good, and a copy of which it is not known that it is whole. Such a doubtful one counts for nothing.
 */
export function judgeCopies(copies: readonly Copied[], request: CopiesRequest): readonly Verdict[] {
  const counted = copies.map((copy): Shelved =>
    copy.doubt === undefined ? copy : { ...copy, trust: 'unverified' },
  )
  const known = new Map(copies.map((copy) => [copy.id, copy]))
  return judgeRetention(counted, request).map((verdict) => {
    const copy = known.get(verdict.id)
    const held = verdict.keep || !copy ? undefined : whyHeld(copy, request)
    return held ? { id: verdict.id, keep: true, reasons: [held] } : verdict
  })
}

function whyHeld(copy: Copied, { shelfHasGood }: CopiesRequest): Reason | undefined {
  if (copy.doubt !== undefined)
    return { rule: 'in-doubt', says: `it is not known to be whole: ${copy.doubt}` }
  if (!shelfHasGood(copy.content))
    return { rule: 'only-good', says: 'the shelf holds no good one: copies are all there is' }
  if (copy.onShelf === 'not good')
    return { rule: 'only-good', says: 'on the shelf it is not good any more' }
  return undefined
}
