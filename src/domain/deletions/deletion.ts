import type { Optime } from '../contents.js'
import { optimeText } from '../oplog/optime.js'

/**
 * What was done: documents deleted, a collection or a database dropped, a collection replaced by another (`$out`, a renaming
 * onto it), documents changed by the hundred.
 */
export type DeletionKind = 'delete' | 'drop' | 'dropDatabase' | 'replace' | 'update'

/** Something that took documents away from a live server, or changed many at once, as its oplog tells it. */
export interface Deletion {
  /** The same for the same thing whenever it is looked for: `delete:1795267324:3:medical_records.visits`. */
  readonly id: string
  readonly kind: DeletionKind
  /** `database.collection`; the database alone where it was dropped whole. */
  readonly namespace: string
  /** When its first and its last operation took effect: in a transaction, when that was committed. */
  readonly first: Optime
  readonly last: Optime
  /** From here on the oplog has to be read to know all that took effect since `first`: transactions begin earlier. */
  readonly readFrom: Optime
  /** Documents deleted or changed; those that a dropped collection had, as far as the oplog says it. */
  readonly documents: number
  /** Of deletes: tells their collection from later ones of its name, where the oplog says it. */
  readonly uuid?: string
  /** What went with a database; empty for everything else. */
  readonly collections: readonly string[]
  /** Tells the session of a client from every other; absent where the oplog names none, as for a `deleteMany`. */
  readonly session?: string
  readonly isTransaction: boolean
  /** SHA-256 of `user@database` in hexadecimal digits, where the session was that of somebody signed in. */
  readonly user?: string
}

/** The id of a deletion. */
export function deletionId({
  kind,
  first,
  namespace,
}: Pick<Deletion, 'kind' | 'first' | 'namespace'>): string {
  return `${kind}:${optimeText(first)}:${namespace}`
}

/** The second in which the deletion of that id began; nothing for what is no id. */
export function secondOfId(id: string): number | undefined {
  const [, seconds] = /^[a-zA-Z]+:(\d{1,10}):\d{1,10}:./.exec(id) ?? []
  return seconds === undefined ? undefined : Number(seconds)
}

/** The moment right before an entry of the oplog: nothing of it counts, everything earlier does. */
export function rightBefore({ seconds, ordinal }: Optime): Optime {
  return ordinal > 0
    ? { seconds, ordinal: ordinal - 1 }
    : { seconds: seconds - 1, ordinal: 0xffff_ffff }
}

/** The first moment after an entry of the oplog. */
export function rightAfter({ seconds, ordinal }: Optime): Optime {
  return ordinal < 0xffff_ffff
    ? { seconds, ordinal: ordinal + 1 }
    : { seconds: seconds + 1, ordinal: 0 }
}

/**
 * Whether what was read, from that second on, may lack its beginning. `pause`: seconds without another one after which a burst is
 * over. A single drop has no beginning but itself.
 */
export function mayHaveBegunBefore(
  { kind, first }: Pick<Deletion, 'kind' | 'first'>,
  { seconds }: Pick<Optime, 'seconds'>,
  pause: number,
): boolean {
  return kind !== 'drop' && kind !== 'replace' && first.seconds - seconds <= pause
}

/** Whether only the listing knows of it: what it took cannot be told from what was written later. */
export function isListedOnly({ kind }: Pick<Deletion, 'kind'>): boolean {
  return kind === 'update' || kind === 'replace'
}
