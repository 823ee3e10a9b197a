import { Failure } from '../../domain/failure.js'

/** Commands whose first field names the one collection of their database that they change. */
export const aboutOneCollection: ReadonlySet<string> = new Set([
  'create',
  'collMod',
  'drop',
  'convertToCapped',
  'emptycapped',
  'createIndexes',
  'startIndexBuild',
  'commitIndexBuild',
  'abortIndexBuild',
  'dropIndexes',
  'dropIndex',
  'deleteIndexes',
  'deleteIndex',
  'setMultikeyMetadata',
])

/** A server checking its own data: of no meaning in a copy. */
export const neverReplayed: ReadonlySet<string> = new Set(['dbCheck'])

/** The failure for what can neither be kept nor left out without changing what the selection means. */
export function cannotSelect(what: string, byte: number): Failure {
  const says = `the oplog holds ${what}, which a part of the archive cannot be restored with (byte ${byte} of the uncompressed archive)`
  const next = ['restore the whole archive into a scratch server', 'leave the oplog out']
  return new Failure('refused', 'OPLOG_CANNOT_SELECT', says, next, { facts: { byte } })
}
