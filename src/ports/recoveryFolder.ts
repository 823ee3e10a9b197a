/** A small text file, by its name from a folder, with slashes. */
export interface SmallFile {
  readonly name: string
  readonly text: string
  /** Permission bits. */
  readonly mode: number
}

/** The folder that a stack is rebuilt in. Throws `FOLDER_UNWRITABLE` (environment) with the path. */
export interface RecoveryFolder {
  /** Absolute. */
  readonly path: string
  /** Text of a file in it; nothing where there is none. Throws `FOLDER_UNWRITABLE` where something else has its name. */
  text(name: string): Promise<string | undefined>
  /** Whether something is at an absolute path. */
  isThere(path: string): Promise<boolean>
  /** Names in a folder at an absolute path; none where there is no folder. Throws `FOLDER_UNWRITABLE` where it cannot be read. */
  names(path: string): Promise<readonly string[]>
  /**
   * Writes a file, whole or not at all, over one of that name; folders that are missing are made (0755, the folder itself 0700). Throws
   * `FOLDER_UNWRITABLE` where a link would lead out of the folder.
   */
  write(file: SmallFile): Promise<void>
}
