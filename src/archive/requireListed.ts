import type { ArchiveContents } from '../domain/contents.js'
import { unlistedNamespaces } from '../domain/oplog/unlisted.js'
import { damage } from './damage.js'

/**
 * Throws ARCHIVE_CORRUPT where the oplog of an archive, as mongodump wrote it, writes to what the archive neither has nor says a
 * command about: nobody can replay that. What was cut or spliced may do so, where another hand carries the commands out.
 */
export function requireListed(contents: ArchiveContents): void {
  const { missing } = unlistedNamespaces(contents)
  const [first] = missing
  if (first === undefined) return
  const more = missing.length > 1 ? ` and ${(missing.length - 1).toString()} more` : ''
  const says = `the oplog of the archive writes to ${first}${more}, which the archive does not have: mongorestore stops there`
  throw damage('ARCHIVE_CORRUPT', contents.rawBytes, says, { facts: { missing } })
}
