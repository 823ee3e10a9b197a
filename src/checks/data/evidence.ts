import type { IndexDefinition, NamespaceType } from '../../domain/contents.js'
import type { Expectation } from '../../domain/target.js'
import type { Tally } from '../../ports/data.js'
import type { Looked } from '../doctor/evidence.js'

/** A path that documents have, in those that were looked at. */
export interface StructurePath {
  /** `a.b`; `a[]` for what is in a list; parts in brackets and quotes where they hold dots or begin with a dollar sign. */
  readonly path: string
  /** Documents that have it. */
  readonly documents: number
  /** BSON type to how often it was met. */
  readonly types: Readonly<Record<string, number>>
}

/** What documents are made of, by a sample. */
export interface Structure {
  /** Documents that were looked at. */
  readonly sampled: number
  readonly paths: readonly StructurePath[]
  /** Whether there were more paths than are kept. */
  readonly isCut: boolean
}

/** What a tally covers. */
export interface SeenTally extends Tally {
  /** False where documents were chosen at random. */
  readonly whole: boolean
}

/** How often the same key occurs, examples left out. */
export interface SeenDuplicates {
  readonly documents: number
  readonly withoutKey: number
  readonly groups: number
  readonly surplus: number
}

/** A collection, view or time-series that is there, as the catalog has it. */
export interface LiveFacts {
  readonly type: NamespaceType
  /** Documents as the catalog has them: may be wrong after a crash. Absent where it does not know (views, time-series). */
  readonly estimated?: number
  readonly indexes: readonly IndexDefinition[]
}

/** Everything that one namespace is judged by. */
export interface NamespaceEvidence {
  /** `database.collection`. */
  readonly namespace: string
  /** Absent where ops.yaml says nothing of it. */
  readonly expected?: Expectation
  /** Absent where it is not there; then there is nothing else. */
  readonly live?: LiveFacts
  readonly tally?: Looked<SeenTally>
  readonly structure?: Looked<Structure>
  readonly unique: readonly { readonly by: string; readonly looked: Looked<SeenDuplicates> }[]
}
