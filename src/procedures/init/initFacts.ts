import type { Stack } from '../../domain/target.js'
import type { ComposeProject } from '../../ports/compose.js'
import type { ContainerFacts } from '../../ports/engine.js'

/** What a running server said of itself. */
interface SeenServer {
  readonly databases: readonly string[]
  readonly replicaSet?: string
}

/** Everything that is known before `ops.yaml` is drafted. */
export interface InitFacts {
  /** Absolute folder the file will lie in. */
  readonly folder: string
  /** Absolute path of the shelf to propose. */
  readonly shelf: string
  /** The compose project, where there is one, variables filled in. */
  readonly compose?: { readonly stack: Stack; readonly project: ComposeProject }
  /** Containers of this machine, of whatever project. */
  readonly containers: readonly ContainerFacts[]
  /** Names of the variables of the environment; never their values. */
  readonly environmentNames: readonly string[]
  /** What servers said, by the name of their service or container. Empty where none could be asked. */
  readonly servers: Readonly<Record<string, SeenServer>>
}
