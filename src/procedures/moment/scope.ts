import { ownDatabases } from '../restore/selection.js'
import type { Target } from '../../domain/target.js'

/**
 * Tells the databases that come back: those that the target names; where it names none, all but the server's own, users and
 * roles among them.
 */
export function isOfTarget({ databases }: Pick<Target, 'databases'>): (name: string) => boolean {
  return (name) =>
    name !== '' && !ownDatabases.has(name) && (databases.length === 0 || databases.includes(name))
}
