import type { Cure } from '../containers/trouble.js'
import type { RunningOperation } from '../../ports/operations.js'

/** Something that ops can do about a cause; each kind is carried out by a procedure of its own. */
export type Fix = { readonly title: string } & (
  | {
      readonly kind: 'service'
      readonly service: string
      /** What it needs, as far as was seen. */
      readonly cure: Cure
      /** Somebody may have stopped, paused or removed it on purpose: done only where the symptom is named. */
      readonly perhapsMeant?: true
    }
  | {
      readonly kind: 'port'
      readonly service: string
      /** The variable of `.env` that the compose files take the published port from. */
      readonly variable: string
      readonly from: number
      /** Free when it was looked. */
      readonly to: number
      /** Address that it is published on; empty: on every one. */
      readonly host: string
    }
  | {
      readonly kind: 'memory'
      readonly service: string
      readonly fromBytes: number
      readonly toBytes: number
    }
  | {
      readonly kind: 'logs'
      readonly service: string
      /** That its log took of the disk when it was looked at. */
      readonly bytes: number
    }
  | { readonly kind: 'stale lock'; readonly target: string }
  | { readonly kind: 'operation'; readonly target: string; readonly operation: RunningOperation }
  | {
      readonly kind: 'index'
      readonly target: string
      readonly namespace: string
      readonly field: string
    }
  | {
      readonly kind: 'duplicates'
      readonly target: string
      readonly namespace: string
      /** Its documents that are equal in these, which somebody named; none: in everything but `_id`. */
      readonly fields: readonly string[]
    }
)
