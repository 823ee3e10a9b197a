import type { Target } from '../../domain/target.js'
import type { BackupPart } from '../backup/backupPart.js'

/** One collection, of which documents are removed. */
interface RemovedFrom {
  readonly target: Target
  readonly database: string
  readonly collection: string
}

/** What a plan that removes documents says of the safety backup it takes first, and notes down of it: the way back. */
export function savedBefore(
  { target, database, collection }: RemovedFrom,
  backup: Pick<BackupPart, 'manifest'>,
) {
  const facts: readonly (readonly [string, string])[] = [
    ['First', 'a safety backup of everything'],
    [
      'Way back',
      `"ops undo" brings ${database}.${collection} back as it was before, without what was written to it since`,
    ],
  ]
  return {
    facts,
    receipt: () => {
      const saved = backup.manifest()?.id
      return {
        touched: { databases: [database], collection },
        again: `ops troubleshoot duplicates --target ${target.name}`,
        ...(saved === undefined ? {} : { safetyBackup: saved }),
      }
    },
    /** Its id, once it was taken. */
    answer: () => ({ safetyBackup: backup.manifest()?.id ?? null }),
  }
}
