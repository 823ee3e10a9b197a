import type { Target } from '../../domain/target.js'
import type { DataPlace } from '../../ports/dataVolumes.js'
import type { ContainerFacts } from '../../ports/engine.js'
import type { ServerFacts, StorageFacts } from '../../ports/mongo.js'
import type { Compression } from '../backup/storeStream.js'

/** What a copy of the data files needs to know. */
export interface DataFilesRequest {
  readonly target: Target
  readonly compression: Compression
  /** Seconds that writes may wait. */
  readonly lockLimitSeconds: number
  /** A run that left the data half done, which somebody put right by hand since. */
  readonly settled?: string
}

/** Everything found out before deciding. */
export interface CopyScene {
  readonly request: DataFilesRequest
  readonly container: ContainerFacts
  readonly place: DataPlace
  readonly server: ServerFacts
  readonly storage: StorageFacts
  /** Bytes the tar will probably have. */
  readonly expected: number
}
