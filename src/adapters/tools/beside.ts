import type { Secret } from '../../domain/secret.js'
import type { ContainerFacts } from '../../ports/engine.js'
import type { CarriedFiles } from './carriedFiles.js'

/** A server in a container, as a tool sees it that runs in that container or shares its network. */
export interface Beside {
  readonly database: ContainerFacts
  readonly uri: Secret
  /** Everything that must not show up in what the tools say. */
  readonly secrets: readonly Secret[]
  readonly carried: CarriedFiles
}
