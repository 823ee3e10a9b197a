import { resolve } from 'node:path'
import { isBackupId } from '../domain/backupId.js'
import { Failure } from '../domain/failure.js'
import type { CopyPlace } from '../ports/copies.js'
import type { Wanted } from '../procedures/restore/source.js'

/** Standard input, as far as it matters here. */
export type Input = AsyncIterable<Uint8Array> & { readonly isTTY?: boolean }

/**
 * What the argument of `restore` means: nothing or `latest`, the id of a backup, `-` for standard input, or a file.
 * Throws `STDIN_IS_TERMINAL` (usage): nobody types an archive; `BACKUP_UNNAMED` (usage)
 * for an empty word: a variable of a script that was never set must not mean anything.
 */
export function wantedSource(
  text: string | undefined,
  stdin: Input,
  workingFolder: string,
): Wanted {
  if (text === undefined || text === 'latest') return { kind: 'latest' }
  if (text.trim() === '') throw nothingNamed()
  if (isBackupId(text)) return { kind: 'id', id: text }
  if (text !== '-') return { kind: 'file', path: resolve(workingFolder, text) }
  if (stdin.isTTY !== true) return { kind: 'stream', stream: stdin }
  throw new Failure(
    'usage',
    'STDIN_IS_TERMINAL',
    'with "-" the archive comes from standard input, and that is a terminal',
    ['ops restore - --confirm NAME < FILE'],
  )
}

function nothingNamed(): Failure {
  return new Failure('usage', 'BACKUP_UNNAMED', 'the backup named is the empty word', [
    'ops restore latest',
    'ops backup list',
  ])
}

/** The same backup, from a place for copies. Throws `FROM_NEEDS_ID` (usage) for a file and for standard input. */
export function wantedFrom(wanted: Wanted, place: CopyPlace, signal: AbortSignal): Wanted {
  if (wanted.kind === 'latest') return { kind: 'copy', place, signal }
  if (wanted.kind === 'id') return { kind: 'copy', place, id: wanted.id, signal }
  throw new Failure(
    'usage',
    'FROM_NEEDS_ID',
    `--from ${place.name} goes with the id of a backup, or latest`,
    [`ops backup list --from ${place.name}`],
  )
}
