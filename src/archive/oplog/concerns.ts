import { Elements } from '../bson/elements.js'
import { transactionEnds, readCommand, subjectsOf } from './command.js'
import { readOplogEntry } from './entry.js'

/**
 * Whether an entry may write to what is wanted. What several operations share (a transaction, an `applyOps`) is taken as a whole, and so is
 * what ends a transaction: which of them are wanted is told when they are read. Throws ARCHIVE_CORRUPT for what is no entry.
 *
 * @param isWanted asked with the database alone where that is dropped
 */
export function concerns(raw: Buffer, isWanted: (namespace: string) => boolean): boolean {
  const { operation, namespace, object } = readOplogEntry(new Elements(raw, 0))
  if (operation === 'n') return false
  if (operation !== 'c') return isWanted(namespace)
  const command = object && readCommand(namespace, object)
  if (!command) return false
  if (command.name === 'applyOps' || transactionEnds.has(command.name)) return true
  return subjectsOf(command, namespace, object).some(isWanted)
}
