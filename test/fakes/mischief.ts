/** How the tools of the fake server misbehave. */
export interface Mischief {
  /** What mongodump leaves with, after a whole and valid archive. */
  dumpExitCode?: number
  /** The dump's stream ends after so many bytes, with exit code 0. */
  cutDumpAt?: number
  /** So many dumps have an oplog whose only entry is larger than mongorestore takes. */
  largeEntries?: number
  /** Collections mongodump does not see. */
  blindTo?: readonly string[]
  /** What mongorestore leaves with, after it dropped and inserted. */
  restoreExitCode?: number
  /** Documents mongorestore counts as failed, with exit code 0. */
  restoreFails?: number
  /** mongorestore loses one document without a word. */
  restoreLoses?: boolean
  /** mongorestore changes the first document of each collection without a word. */
  restoreChanges?: boolean
  /** mongorestore makes no index but that of `_id`, without a word. */
  restoreForgetsIndexes?: boolean
  /** What the server says instead of building an index. */
  buildFails?: string
  /** What `validate` finds, by `database.collection`. */
  invalid?: Readonly<Record<string, readonly string[]>>
  /** The write lock is granted only then. */
  lockWaits?: Promise<void>
  /** Started again, it dropped the newest writes of its oplog. */
  dropsLastWrites?: boolean
  /** Collections of whose past it knows nothing any more. */
  forgets?: readonly string[]
  /** Counting begins only then. */
  countWaits?: Promise<void>
  /** What its user lacks for a replay. */
  mayNotReplay?: readonly string[]
  /** Its user lacks `replSetConfigure`. */
  mayNotInitiate?: boolean
  /** Its user is root. */
  mayDoEverything?: boolean
  /** It does not hear that the lock is to be released. */
  deaf?: boolean
}
