/** Where a folder stands in git. */
export interface Commit {
  readonly id: string
  /** Whether something in the folder differs from it. */
  readonly changed: boolean
}

/** The operator's own files, which ops reads and never changes. */
export interface ProjectFiles {
  /** Text of a file, nothing where it is not there, may not be read, or is larger than 1 MiB. */
  text(path: string): Promise<string | undefined>
  /** The commit that is checked out there; nothing outside git. */
  commit(folder: string): Promise<Commit | undefined>
}
