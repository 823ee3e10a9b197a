import { mostTarLines } from '../../domain/dataFiles.js'

/**
 * What a server writes to under `fsyncLock`. Each checkpoint (every 60 s) puts a new `WiredTiger.turtle` in place by
 * renaming, which changes the folder as well, appends to `WiredTiger.wt`, and notes itself in the journal. Tables are
 * written behind what the open backup cursor holds, never over it. A log of the server is no data.
 */
const written = [
  /^\.\/?$/,
  /^\.\/journal\/?$/,
  /^\.\/journal\/WiredTigerLog\.\d+$/,
  /^\.\/WiredTiger\.turtle$/,
  /^\.\/[\w./%-]+\.wt$/,
  /^\.\/[\w./-]+\.log$/,
]

const changed = /^tar: (.+): file changed as we read it$/

/**
 * Whether tar left with 1 ("some files differ") for nothing but files and folders that the server may write to meanwhile.
 * A file that vanished or shrank, and whatever else tar says, is none of that. To be believed only of a copy that has
 * WiredTiger's list of what belongs to it.
 */
export function onlyWrittenBehind(exitCode: number, lines: readonly string[]): boolean {
  if (exitCode !== 1 || lines.length === 0 || lines.length >= mostTarLines) return false
  return lines.every((line) => {
    const name = changed.exec(line)?.[1]
    return name !== undefined && written.some((form) => form.test(name))
  })
}
