import type { Host } from '../../ports/host.js'

/** What pipes to and from containers on a data volume take. */
export interface PipeWorld {
  /** Folder of this machine in which they are made. */
  readonly temporary: string
  /** Milliseconds from the start of a container to its first byte: writes may be waiting meanwhile. */
  readonly patience: number
  readonly host: Host
  /** Whether the engine shares this machine's files. */
  readonly local: () => Promise<boolean>
}
