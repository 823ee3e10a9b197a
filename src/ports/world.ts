import type { Objectives } from '../domain/objectives.js'
import type { Stack, Target } from '../domain/target.js'
import type { Cipher } from './cipher.js'
import type { Clock } from './clock.js'
import type { Compose } from './compose.js'
import type { ContainerPower } from './containerPower.js'
import type { Containers } from './containers.js'
import type { CopyPlace } from './copies.js'
import type { CsvFiles } from './csv.js'
import type { DataVolumes } from './dataVolumes.js'
import type { Drills } from './drills.js'
import type { Engine } from './engine.js'
import type { Host } from './host.js'
import type { KeptImages } from './keptImages.js'
import type { KeptWrites } from './keptWrites.js'
import type { Keys } from './keys.js'
import type { Locks } from './locks.js'
import type { Mongo } from './mongo.js'
import type { OwnContainers } from './ownContainers.js'
import type { Pipes } from './pipes.js'
import type { ProjectFiles } from './projectFiles.js'
import type { OwnCompose } from './ownCompose.js'
import type { PutBackLists } from './putBackLists.js'
import type { Receipts } from './receipts.js'
import type { Samples } from './samples.js'
import type { Secrets } from './secrets.js'
import type { Shelf } from './shelf.js'
import type { Slices } from './slices.js'
import type { Supplies } from './supplies.js'
import type { Tools } from './tools.js'
import type { VariableFiles } from './variableFiles.js'
import type { WriteGuards } from './writeGuards.js'

/** Everything a procedure may ask of the world, handed in by the door. */
export interface World {
  readonly clock: Clock
  readonly host: Host
  readonly engine: Engine
  readonly compose: Compose
  readonly mongo: Mongo
  readonly tools: Tools
  readonly ownContainers: OwnContainers
  readonly pipes: Pipes
  readonly cipher: Cipher
  /** The keys that the configuration names. */
  readonly keys: Keys
  readonly secrets: Secrets
  readonly files: ProjectFiles
  readonly ownCompose: OwnCompose
  readonly variableFiles: VariableFiles
  readonly csv: CsvFiles
  readonly containers: Containers
  readonly power: ContainerPower
  readonly supplies: Supplies
  readonly dataVolumes: DataVolumes
  readonly writeGuards: WriteGuards
  readonly locks: Locks
  readonly receipts: Receipts
  readonly drills: Drills
  /** What was seen when ops was asked to look. */
  readonly samples: Samples
  /** What was promised of a recovery. */
  readonly objectives: Objectives
  readonly putBackLists: PutBackLists
  /** The compose project, where the configuration names one. */
  readonly stack?: Stack
  shelf(target: Target): Shelf
  slices(target: Target): Slices
  /** What restores of a target discarded. */
  keptWrites(target: Target): KeptWrites
  /** Images that are kept with the backups. */
  readonly images: KeptImages
  /** The places that backups are copied to, in the order of the configuration. */
  readonly copies: readonly CopyPlace[]
}
