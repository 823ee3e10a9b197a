/**
 * What an oplog does to a view. Names are those the selection gives; a time-series is a view of its buckets.
 *
 * `defined` carries the document of `system.views` as it is from then on, raw BSON. `unclear` is a change that says only
 * what is different from before.
 */
export type ViewChange =
  | {
      readonly kind: 'defined'
      readonly database: string
      readonly view: string
      readonly definition: Uint8Array
    }
  | { readonly kind: 'dropped' | 'unclear'; readonly database: string; readonly view: string }
  | { readonly kind: 'all dropped'; readonly database: string }
