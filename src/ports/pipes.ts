/** Named pipes of ours on this machine, through which containers of ours hand over what they make. */
export interface Pipes {
  /** Removes those of runs of this user that are certainly gone; gives their folders. */
  sweep(): Promise<readonly string[]>
}
