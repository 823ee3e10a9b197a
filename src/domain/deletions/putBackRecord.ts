/** What a receipt holds of what was put back after a deletion: all that it takes to take it away again. */
export interface PutBackRecord {
  /** Id of the deletion. */
  readonly deletion: string
  /** Names of the lists of documents; of runs before that were cut off, too. */
  readonly lists: readonly string[]
  /**
   * Collections that are made anew, named before they are made, with the SHA-256 of how; what tells them from later ones of that name,
   * after. Records of earlier versions have no SHA-256.
   */
  readonly made: readonly {
    readonly namespace: string
    readonly uuid?: string
    readonly sha256?: string
  }[]
  /** Indexes that were built on collections that were there. */
  readonly indexes: readonly { readonly namespace: string; readonly name: string }[]
  /** Views that were made anew, with the SHA-256 of how. */
  readonly views: readonly { readonly namespace: string; readonly sha256: string }[]
}
