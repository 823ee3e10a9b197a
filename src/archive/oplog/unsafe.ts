import { Elements } from '../bson/elements.js'
import { bsonType } from '../bson/type.js'
import { deepestNesting, readCommand } from './command.js'
import { readOplogEntry, type OplogEntry } from './entry.js'

/**
 * Commands that a replay cannot carry faithfully (mongo-tools, mongodump/oplog_dump.go refuses them while it dumps;
 * mongorestore/oplog.go knows no case for a rename). `$out` and convertToCapped are renames in the oplog.
 */
const unsafeCommands: ReadonlySet<string> = new Set([
  'renameCollection',
  'convertToCapped',
  'importCollection',
  'upgradeDowngradeViewlessTimeseries',
])

/** Holds the version of the format of the data; users and roles are elsewhere in `admin`. */
const versionNamespace = 'admin.system.version'

/** What makes an entry unsafe to replay, with what it is about; nothing where nothing does. */
export function unsafeIn(entry: OplogEntry, depth = 0): string | undefined {
  const { operation, namespace, object } = entry
  if (operation === 'n' || !object) return undefined
  if (operation !== 'c')
    return namespace === versionNamespace ? `a change of ${versionNamespace}` : undefined
  const command = readCommand(namespace, object)
  if (!command) return undefined
  if (unsafeCommands.has(command.name)) return `${command.name} ${command.namespace}`
  if (command.name !== 'applyOps' || object.type !== bsonType.array || depth >= deepestNesting)
    return undefined
  const operations: Elements = object.inside()
  while (operations.next()) {
    if (!operations.isDocument) continue
    const found = unsafeIn(readOplogEntry(operations.inside()), depth + 1)
    if (found !== undefined) return found
  }
  return undefined
}
