import { Failure } from '../failure.js'

/** A list that a run noted, and that is not there, or not whole. */
export function listLost(name: string, why: string): Failure {
  return new Failure(
    'integrity',
    'PUT_BACK_LIST_LOST',
    `the list ${name} of documents that were put back ${why}: what was put back cannot be told from what was there; nothing more was taken away`,
    ['ops dr deletion --dry-run   (what was deleted)', 'ops doctor'],
  )
}
