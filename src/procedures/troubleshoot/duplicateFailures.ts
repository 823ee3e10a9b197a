import { Failure } from '../../domain/failure.js'

/** Finding them needs more than the disk of the server has: `DUPLICATES_NO_ROOM` (space). */
export function noRoom(namespace: string): Failure {
  return new Failure(
    'space',
    'DUPLICATES_NO_ROOM',
    `nothing of ${namespace} was removed: finding what is there twice takes more memory than a server gives to one search, and its disk has no room for the rest`,
    ['ops troubleshoot disk'],
  )
}

/** There are none by now: `DUPLICATES_GONE` (refused). */
export function gone(namespace: string): Failure {
  return new Failure(
    'refused',
    'DUPLICATES_GONE',
    `nothing of ${namespace} is there twice by now: nothing was removed`,
    ['ops troubleshoot duplicates'],
  )
}

/** There are more than were shown: `DUPLICATES_GROWN` (refused). */
export function grown(namespace: string): Failure {
  return new Failure(
    'refused',
    'DUPLICATES_GROWN',
    `more of ${namespace} is there twice than before the backup: something writes them, and nothing was removed`,
    ['ops pipeline status', 'ops troubleshoot duplicates'],
  )
}
