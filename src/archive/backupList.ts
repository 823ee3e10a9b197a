/** The longest name of a file that is believed. */
const longestLine = 4096

/**
 * Reads `WiredTiger.backup`, in which an open backup cursor of WiredTiger lists what belongs to the backup: a line with a
 * name, a line with what is known of it, and so on (WiredTiger, src/cursor/cur_backup.c). Holds the names of the files alone.
 */
export class BackupList {
  readonly #files = new Set<string>()
  #line = ''

  /** Names of the files, below the data folder. */
  get files(): ReadonlySet<string> {
    return this.#files
  }

  feed(bytes: Buffer): void {
    const lines = (this.#line + bytes.toString('latin1')).split('\n')
    // Of a long line only its beginning tells whether it names a file.
    this.#line = (lines.pop() ?? '').slice(0, longestLine)
    for (const line of lines)
      if (line.startsWith('file:')) this.#files.add(line.slice('file:'.length))
  }
}
