import type { Stack, Target } from '../../../domain/target.js'
import type { Compose } from '../../../ports/compose.js'
import type { CopyPlace } from '../../../ports/copies.js'
import type { RecoveryFolder, SmallFile } from '../../../ports/recoveryFolder.js'
import type { Compression } from '../../backup/storeStream.js'
import type { SourceWorld } from '../../restore/source.js'
import type { FoundSystem } from './findSystem.js'

/** What is to be rebuilt, from what, and where. */
export interface SystemRequest {
  readonly place: CopyPlace
  readonly found: FoundSystem
  /** Slices of the oplog at the place are replayed up to the newest moment that they reach. */
  readonly replay: boolean
  readonly folder: RecoveryFolder
  /** Every file as it should be in the folder, `.env` included. */
  readonly files: readonly SmallFile[]
  /** Files that differ from those of the kit are left as they are, instead of refused. */
  readonly keepFiles: boolean
  /** The stack as it will be in the folder. */
  readonly stack: Stack
  /** The same with its files where they lie for the time of planning. */
  readonly staged: Stack
  /** Knows a value for every variable, though not the secret ones. */
  readonly planning: Pick<Compose, 'project'>
  readonly targets: readonly Target[]
  /** Where archives are put down until they are restored. */
  readonly sources: SourceWorld
  readonly compression: Compression
  /** How long a service may take to be healthy. */
  readonly timeoutSeconds: number
  /** What to type to go on. */
  readonly again: string
  readonly signal: AbortSignal
}

/** Something of the old system that is not back, or not as it was. */
export interface Missing {
  readonly what: 'data' | 'volume' | 'image' | 'file' | 'service' | 'user' | 'oplog' | 'server'
  readonly name: string
  readonly because: string
  readonly next: readonly string[]
}
