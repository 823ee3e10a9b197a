import { Failure } from '../failure.js'
import type { Deletion } from './deletion.js'

/**
 * The deletion that somebody means: its id, or its place in the list, from 1. Throws `DELETION_NOT_FOUND` (not-found).
 */
export function pickDeletion(deletions: readonly Deletion[], text: string): Deletion {
  const place = /^\d{1,4}$/.test(text) ? Number(text) : undefined
  const found = place === undefined ? deletions.find(({ id }) => id === text) : deletions[place - 1]
  if (found) return found
  throw new Failure(
    'not-found',
    'DELETION_NOT_FOUND',
    deletions.length === 0
      ? `there is no deletion ${text}: none was found in this time`
      : `there is no deletion ${text} among the ${deletions.length.toString()} that were found`,
    ['ops dr deletion --dry-run', 'ops dr deletion --since 7d --dry-run'],
  )
}
