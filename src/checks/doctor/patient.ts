import type { Manifest } from '../../domain/manifest.js'
import type { Receipt } from '../../domain/receipt.js'
import type { Target } from '../../domain/target.js'
import type { Clock } from '../../ports/clock.js'
import type { Compose } from '../../ports/compose.js'
import type { Containers } from '../../ports/containers.js'
import type { Engine } from '../../ports/engine.js'
import type { Machine } from '../../ports/machine.js'
import type { ServerFacts } from '../../ports/mongo.js'
import type { ShelfEntry } from '../../ports/shelf.js'
import type { Strangers } from '../../ports/strangers.js'
import type { World } from '../../ports/world.js'
import type { ScheduleSeen } from './evidence.js'

/** What taking a backup goes by. The doctor asks it instead of having rules of its own that could come to differ. */
export interface BackupRules {
  /** What the next backup takes in. Throws `DATABASE_MISSING` (not-found). */
  scope(
    target: Target,
    server: ServerFacts,
    present: readonly string[],
  ): { readonly databases: readonly string[]; readonly wholeInstance: boolean }
  /** The last backup that took in the same, for the sizes to expect. */
  lastLike(entries: readonly ShelfEntry[], wholeInstance: boolean): Manifest | undefined
  /** Bytes that must be free on the shelf for so much data. */
  neededBytes(dataBytes: number, last: Manifest | undefined): number
  /** Tries the keys of this machine. Throws where one is needed and none fits. */
  tryKeys(target: Target): Promise<{ readonly newest?: string }>
  /** Records of procedures that were cut off. */
  cutOff(target: Target): Promise<readonly Receipt[]>
  /** Records of exchanges of data files whose other files are still on the volume. */
  keptFiles(target: Target): Promise<readonly Receipt[]>
}

/** A configuration that could be read, and the world it describes. */
export interface Configured {
  readonly file: string
  readonly warnings: readonly string[]
  readonly plainPasswords: readonly string[]
  /** Those that are looked at. */
  readonly targets: readonly Target[]
  readonly backupAgeSeconds: number
  readonly rtoSeconds: number
  readonly world: World
  readonly containers: Containers
  readonly strangers: Strangers
  readonly rules: BackupRules
  /** Looks at what is scheduled; absent where `ops.yaml` schedules nothing. */
  readonly schedule?: () => Promise<ScheduleSeen>
}

/** What is examined. */
export interface Patient {
  readonly engine: Engine
  readonly compose: Compose
  readonly clock: Clock
  readonly machine: Machine
  /** Absolute. */
  readonly stateFolder: string
  /** Reads the configuration. Throws what reading it throws; the rest is looked at all the same. */
  configuration(): Promise<Configured>
}
