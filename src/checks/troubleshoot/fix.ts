import type { LockTaker, RunningOperation } from '../../ports/operations.js'

/** Something that ops can do about a cause; each kind is carried out by a procedure of its own. */
export type Fix = { readonly title: string } & (
  | { readonly kind: 'service'; readonly service: string }
  | { readonly kind: 'stale lock'; readonly target: string }
  | { readonly kind: 'write lock'; readonly target: string; readonly taker: LockTaker }
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
      /** Fields that are to be unique; none: everything but `_id`. */
      readonly fields: readonly string[]
    }
  | {
      readonly kind: 'port'
      readonly service: string
      /** Variable of `.env` that the compose file takes the port from. */
      readonly variable: string
      readonly from: number
    }
)
