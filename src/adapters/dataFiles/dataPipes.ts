import type { PipeWorld } from '../pipes/pipeWorld.js'

/** What pipes to and from containers on a data volume take. Their patience is short: writes may be waiting meanwhile. */
export interface DataPipes extends PipeWorld {
  /** Whether the engine shares this machine's files. */
  readonly local: () => Promise<boolean>
}
