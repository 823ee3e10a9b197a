/** A view that is made after everything else. */
export interface LateView {
  readonly database: string
  readonly view: string
  /** Its document of `system.views`, raw BSON. */
  readonly definition: Uint8Array
}

/** A time-series that a replay leaves unfinished. */
export interface LateSeries {
  readonly database: string
  readonly series: string
  /** Whether only its buckets are there: the view that it is seen through is still to be made, then its indexes. */
  readonly made: boolean
  /** What `collMod` is to be told of its granularity, raw BSON; absent where it stays as it is. */
  readonly change?: Uint8Array
  /** Its indexes as `createIndexes` takes them, raw BSON each; none where a replay has made them. */
  readonly indexes: readonly Uint8Array[]
}

/**
 * What a replay cannot define, because no user of a server may write to `system.views`, not even root: it is made through
 * the server's own commands when all else is there.
 */
export interface LateDefinitions {
  readonly views: readonly LateView[]
  readonly series: readonly LateSeries[]
}
