/** The machine ops runs on, and who runs it. */
export interface Host {
  readonly name: string
  readonly user: string
  readonly pid: number
  readonly opsVersion: string
  /** Short random text for names, lower-case letters and digits. */
  token(): string
  /** Bytes free for us on the file system of a path. */
  freeBytes(path: string): Promise<number>
}
