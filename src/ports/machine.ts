/** What the file system says of a path. */
export interface PathFacts {
  readonly path: string
  /** `hidden`: a folder above it may not be entered by this user. */
  readonly kind: 'folder' | 'file' | 'other' | 'missing' | 'hidden'
  /** Permission bits; absent for what cannot be seen, and on systems where modes say nothing. */
  readonly mode?: number
  /** Whose it is, seen from the user ops runs as. */
  readonly owner?: 'us' | 'root' | 'somebody else'
  /** Whether its group is the owner's own, in which nobody else is. */
  readonly ownGroup?: boolean
  /** Number of the file system it lies on. */
  readonly device?: number
}

/** What there is to know of a folder that ops writes to. */
export interface FolderFacts extends Omit<PathFacts, 'kind'> {
  readonly kind: PathFacts['kind'] | 'link'
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
  /** Links are followed: a link that leads nowhere is missing. */
  path(path: string): Promise<PathFacts>
  /** The path with every link on it followed; as it is, where something on it is missing or out of sight. */
  real(path: string): Promise<string>
  /** A link is a link here. Makes no folder; a proof that was written is removed again. */
  folder(path: string): Promise<FolderFacts>
  /** Whether this user may see what a folder holds. Where there is no folder, there is nothing to hide. */
  readable(path: string): Promise<boolean>
  /** Links are followed. */
  tracking(path: string): Promise<Tracking>
  /** Whether the process that had this number at that moment (RFC 3339) is certainly gone from this machine. */
  gone(pid: number, at: string): Promise<boolean>
}
