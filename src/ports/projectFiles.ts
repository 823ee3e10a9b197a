/** Where a folder stands in git. */
export interface Commit {
  readonly id: string
  /** Whether something in the folder differs from it. */
  readonly changed: boolean
}

/** A file that a service is given: small and text, or why it is left where it is. */
export interface GivenFile {
  /** Absolute. */
  readonly path: string
  /** Permission bits: a script that is no longer executable is no longer a script. */
  readonly mode: number
  readonly text?: string
  /** Why there is no text: it is too large, or no text. */
  readonly because?: string
}

/** The operator's own files, which ops reads and never changes. */
export interface ProjectFiles {
  /** Text of a file, nothing where it is not there, may not be read, or is larger than 1 MiB. */
  text(path: string): Promise<string | undefined>
  /**
   * The files at a path: the file itself, or all below a folder. Without what nobody wrote (`.git`, `node_modules`); links are
   * followed nowhere. Nothing where it is not there or may not be read. After 500 files or 4 MiB the rest has no text.
   */
  below(path: string): Promise<readonly GivenFile[]>
  /** The commit that is checked out there; nothing outside git. */
  commit(folder: string): Promise<Commit | undefined>
}
