import { deletionWords } from '../../domain/deletions/words.js'
import { Failure } from '../../domain/failure.js'
import type { Outstanding } from '../../domain/replayCount.js'
import type { LiveNamespace } from '../../ports/mongo.js'
import type { KeptWrite, ReadWrites } from './readWrites.js'

/** What of the writes is not wanted, as somebody typed it. */
export interface ReplayChoice {
  /** Numbers of the list of what stands out, collections, and databases. */
  readonly without: readonly string[]
  /** Whether deletes in bursts are played back too. */
  readonly withDeletions: boolean
}

/** What is not played back, decided before anything is. */
export class LeftOut {
  readonly outstanding: readonly Outstanding[]
  readonly #played: ReadonlySet<number>
  readonly #names: readonly string[]
  readonly #numbers: ReadonlySet<number>

  /** Throws `REPLAY_CHOICE` (usage) for a number or a name that stands for nothing. */
  constructor(
    { deletions, units }: ReadWrites,
    { without, withDeletions }: ReplayChoice,
    /** Collections that nothing can be played back into, and why. */
    readonly closed: ReadonlyMap<string, string>,
  ) {
    const namespaces = new Set(units.flat().map(({ namespace }) => namespace))
    const numbers = new Set(without.filter((one) => /^\d+$/.test(one)).map(Number))
    this.#numbers = numbers
    this.#names = without.filter((one) => !/^\d+$/.test(one))
    for (const number of numbers)
      if (number < 1 || number > deletions.length) throw noSuch(number.toString())
    for (const name of this.#names)
      if (![...namespaces].some((one) => isIn(one, name))) throw noSuch(name)
    this.outstanding = deletions.map((one, at) => {
      const isAsked = one.kind === 'update' || (one.kind === 'delete' && withDeletions)
      const isNamed = numbers.has(at + 1) || this.#names.some((name) => isIn(one.namespace, name))
      return { number: at + 1, words: deletionWords(one), isPlayed: isAsked && !isNamed }
    })
    const played = this.outstanding.filter(({ isPlayed }) => isPlayed)
    this.#played = new Set(played.map(({ number }) => number - 1))
  }

  /** Why a write is left out; nothing where it is not. */
  why({ namespace, deletion }: KeptWrite): string | undefined {
    if (deletion !== undefined && !this.#played.has(deletion)) return 'it stands out'
    if (this.#names.some((name) => isIn(namespace, name))) return 'it is not wanted'
    return this.closed.get(namespace)
  }

  /**
   * Why a write cannot be played back onto what the restore brought back; nothing where it can. Who names a drop by its number says
   * that what follows it is to go on with the collection that was dropped.
   */
  whyUnfit({ behind, torn }: KeptWrite): string | undefined {
    if (torn !== undefined) return torn
    if (behind?.isReplaced === true)
      return 'another collection was put in the place of its own before it'
    const drop = behind?.drops.find((one) => !this.#numbers.has(one + 1))
    return drop === undefined
      ? undefined
      : `its collection was dropped before it (--without ${(drop + 1).toString()}: plays it back onto what the restore brought back)`
  }
}

/** Collections that nothing is played back into: what their documents mean is not theirs alone. */
export function closedNamespaces(
  { units, strange }: Pick<ReadWrites, 'units' | 'strange'>,
  live: readonly LiveNamespace[],
  replaced: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const there = new Map(live.map((one) => [`${one.database}.${one.collection}`, one]))
  const closed = new Map<string, string>()
  for (const namespace of new Set(units.flat().map((write) => write.namespace))) {
    const because = whyClosed(namespace, there.get(namespace), strange.get(namespace))
    if (because !== undefined) closed.set(namespace, because)
    else if (replaced.has(namespace))
      closed.set(namespace, 'it was dropped or replaced since the restore')
  }
  return closed
}

function whyClosed(
  namespace: string,
  live: LiveNamespace | undefined,
  strange: string | undefined,
): string | undefined {
  if (/\.system\.buckets\./.test(namespace)) return 'it is a time-series'
  if (/\.system\./.test(namespace)) return 'it is of the server itself'
  if (/\.tmp\.agg_out\./.test(namespace)) return 'it is of the server itself'
  if (!live) return strange
  if (live.type !== 'collection') return `it is a ${live.type} here`
  return live.options?.['capped'] === true ? 'it is capped: what it holds is pushed out' : undefined
}

function isIn(namespace: string, name: string): boolean {
  return namespace === name || namespace.startsWith(`${name}.`)
}

function noSuch(what: string): Failure {
  return new Failure(
    'usage',
    'REPLAY_CHOICE',
    `--without ${what}: there is no such number in the list, and no such collection among the writes`,
    ['ops pitr replay --dry-run   (shows the list)'],
  )
}
