import type { Manifest } from '../../../domain/manifest.js'
import type { Target } from '../../../domain/target.js'

/** Where to look, and how long. */
export interface DamageSearch {
  readonly target: Target
  /** Milliseconds that reading the collections may take, all together. */
  readonly limit: number
  /** The newest good backup, to compare numbers with. */
  readonly newest?: Pick<Manifest, 'id' | 'collections' | 'content'>
  readonly signal: AbortSignal
}
