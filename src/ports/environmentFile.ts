/** The `.env` beside the operator's compose files. Throws `ENVIRONMENT_UNWRITTEN` (failed). */
export interface EnvironmentFile {
  /** Nothing where there is none. */
  text(path: string): Promise<string | undefined>
  /** Whole or not at all; owner and mode stay as they are, a new one is 0600. */
  write(path: string, text: string): Promise<void>
  /** Puts a copy of a file beside it under this name, with its owner and mode; never over another. */
  keep(path: string, copy: string): Promise<void>
}
