/** An operation of the oplog as it stands in the archive. */
export interface RawOperation {
  readonly raw: Buffer
  /** Of `raw` in the archive. */
  readonly offset: number
  /** Its field `ns`. */
  readonly namespace: string
}
