/** What the file system says of a path. A link is a link: it is not followed. */
export interface PathFacts {
  readonly path: string
  readonly kind: 'folder' | 'file' | 'link' | 'other' | 'missing'
  /** Permission bits; absent for what is missing, and on systems where modes say nothing. */
  readonly mode?: number
  /** Whose it is, seen from the user ops runs as. */
  readonly owner?: 'us' | 'root' | 'somebody else'
  /** Whether its group is the owner's own, in which nobody else is. */
  readonly ownGroup?: boolean
  /** Number of the file system it lies on. */
  readonly device?: number
}

/** What there is to know of a folder that ops writes to. */
export interface FolderFacts extends PathFacts {
  /** Proved with a small file in a folder that is there; for a missing one: whether it could be made. */
  readonly writable: boolean
  /** Why it is not writable, in the operating system's word. */
  readonly obstacle?: string
  /** Whether what lies there is gone after a restart of the machine. */
  readonly inMemory: boolean
}

/** Whether git keeps a file: `outside` means that it is in no repository; `unknown` says why that cannot be told. */
export type Tracking =
  | { readonly state: 'tracked' | 'untracked' | 'outside' }
  | { readonly state: 'unknown'; readonly because: string }

/** Looks at the machine ops runs on, and changes nothing. */
export interface Machine {
  path(path: string): Promise<PathFacts>
  /** Follows nothing, makes no folder; a proof that was written is removed again. */
  folder(path: string): Promise<FolderFacts>
  tracking(path: string): Promise<Tracking>
  /** Whether the process that had this number at that moment (RFC 3339) is certainly gone from this machine. */
  gone(pid: number, at: string): Promise<boolean>
}
