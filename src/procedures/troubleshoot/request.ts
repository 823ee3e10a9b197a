import type { Symptom } from '../../domain/symptoms.js'
import type { Target } from '../../domain/target.js'
import type { EngineHost } from '../../ports/engineHost.js'
import type { Operations } from '../../ports/operations.js'
import type { Premises } from '../../ports/premises.js'
import type { World } from '../../ports/world.js'

/** What looking for symptoms needs of the world beyond what every procedure does. */
export interface TroubleshootWorld extends World {
  readonly premises: Premises
  readonly engineHost: EngineHost
  readonly operations: Operations
}

/** What is asked. */
export interface TroubleshootRequest {
  /** All of them where none is named. */
  readonly symptom?: Symptom
  readonly targets: readonly Target[]
  /** Where to look for what is there twice; everything of the target's databases where none is named. */
  readonly twice?: { readonly namespace: string; readonly fields: readonly string[] }
  /**
   * Whether it is asked every minute: no document is read, because it must not cost more the more data there is, and nothing is measured
   * that takes its time.
   */
  readonly routine?: true
  readonly backupAgeSeconds: number
  /** Seconds of oplog in a slice. */
  readonly everySeconds: number
  /** Seconds that are left of the run that this is a part of. */
  readonly left?: () => number
  readonly signal: AbortSignal
}
