/** A socket of this machine that waits for connections. */
export interface Listener {
  /** `0.0.0.0`, `127.0.0.1`, `::` … */
  readonly address: string
  /** Whose it is; absent where this user may not see that. */
  readonly pid?: number
  readonly program?: string
}

/** Bytes of a file system. */
export interface Space {
  /** Free for us. */
  readonly freeBytes: number
  readonly totalBytes: number
}

/** The machine as a place: its ports, its addresses, its disks. */
export interface Premises {
  /** Who listens on a TCP port, in the network that ops itself is in; nothing where this machine does not tell. */
  listeners(port: number): Promise<readonly Listener[] | undefined>
  /** Addresses of its own network interfaces, in the network that ops itself is in. */
  addresses(): Promise<readonly string[]>
  /** Whether a TCP port can be had on one of its addresses (empty: on all of them); found out by having it for a moment. */
  isFree(host: string, port: number): Promise<boolean>
  /** Whether somebody answers on a TCP port of an address within so many milliseconds. */
  answers(host: string, port: number, milliseconds: number): Promise<boolean>
  /** The file system of a path, or of what is above it where there is nothing yet. */
  space(path: string): Promise<Space>
  /** Bytes that a file takes of its disk; nothing where it is not there, or this user may not look at it. */
  fileBytes(path: string): Promise<number | undefined>
}
