import { Failure } from '../../domain/failure.js'

/**
 * Refuses an archive of another release line than the server's: MongoDB supports restoring only into the same one
 * (mongorestore itself does no more than warn). Throws `VERSION_MISMATCH` (refused).
 */
export function requireSameRelease(archive: string, server: string): void {
  if (release(archive) === release(server)) return
  throw new Failure(
    'refused',
    'VERSION_MISMATCH',
    `the backup comes from MongoDB ${archive}, the server is ${server}`,
    ['ops restore --allow-version-mismatch   (after reading the release notes)'],
    { facts: { archive, server } },
  )
}

/** `6.0` of `6.0.5`: the line within which data files and dumps are interchangeable. */
function release(version: string): string {
  return version.split('.').slice(0, 2).join('.')
}
