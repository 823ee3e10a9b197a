import type { ArchiveContents } from '../domain/contents.js'
import { damage } from './damage.js'
import { splitNamespace } from './oplog/command.js'

/**
 * Throws ARCHIVE_CORRUPT where the oplog of an archive, as mongodump wrote it, writes to what the archive neither has nor makes or
 * drops: nobody can replay that. Asked for databases of which `keep` says true. What was cut or spliced may be so, where another
 * hand carries the rest out.
 */
export function requireListed(
  { oplog, rawBytes }: ArchiveContents,
  keep: (database: string) => boolean = () => true,
): void {
  const missing = (oplog?.unlisted?.missing ?? []).filter((name) => keep(splitNamespace(name)[0]))
  const [first] = missing
  if (first === undefined) return
  const more = missing.length > 1 ? ` and ${(missing.length - 1).toString()} more` : ''
  const says = `the oplog of the archive writes to ${first}${more}, which the archive does not have: mongorestore stops there`
  throw damage('ARCHIVE_CORRUPT', rawBytes, says, { facts: { missing } })
}
