/** How long a recovery may take, and how much may be lost by a disaster. */
export interface Objectives {
  readonly rtoSeconds: number
  /** Seconds of writes. */
  readonly rpoSeconds: number
}
