/** What reading one collection showed. */
export interface CollectionLook {
  /** `database.collection`. */
  readonly name: string
  /** `whole`: every document was read and the server's own `validate` went over data and indexes. */
  readonly read: 'whole' | 'failed' | 'not looked at'
  /** Documents that were read. */
  readonly documents?: number
  /** What `validate` found wrong. */
  readonly problems: readonly string[]
  /** Why it was not read, or not to its end. */
  readonly because?: string
}

/** What there is to judge by whether the data of a server is damaged. */
export interface DamageEvidence {
  /** How its container is, or how it ended, in words; absent where the engine has none. */
  readonly container?: string
  /** What it has logged since it was last started, and while it was read. */
  readonly lines: readonly string[]
  /** Why its log could not be read. */
  readonly unreadLog?: string
  /** Why the server could not be asked; absent where it answered to the end. */
  readonly silent?: string
  /** Whether it answered at first, and ended while it was being read. */
  readonly diedReading: boolean
  /** Whether its log said enough: then nothing was read, for a server that meets a damaged page ends. */
  readonly spared: boolean
  readonly collections: readonly CollectionLook[]
  /** Documents of each collection in the newest good backup, where there is one. */
  readonly backup?: { readonly id: string; readonly documents: Readonly<Record<string, number>> }
}
