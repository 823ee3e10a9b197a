/** The machine ops runs on, and who runs it. */
export interface Host {
  readonly name: string
  readonly user: string
  readonly pid: number
  readonly opsVersion: string
  /** Short random text for names, lower-case letters and digits. */
  token(): string
  /**
   * Lets others have the processor first, from now on to the end of this process: the database and its tools above all, which
   * also come to their end sooner so, because whoever compresses then takes what they leave. Never throws.
   */
  stepBack(): Promise<void>
  /** Bytes free for us on the file system of a path. */
  freeBytes(path: string): Promise<number>
}
