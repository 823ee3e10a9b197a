import { reasonIn } from '../containers/reasons.js'
import type { CollectionLook, DamageEvidence } from './evidence.js'
import { lineWithoutValues, withoutValues } from './withoutValues.js'

/** One sign of damage: where it was seen, what it means, and the words that say so. */
export interface Damage {
  readonly where: string
  readonly what: string
  /** The line of the log, or what the server answered, without what documents hold; null where what was seen is all. */
  readonly evidence: string | null
}

/** Whether the data of a server is damaged, as far as that could be seen. */
export interface DamageVerdict {
  /** `unknown`: nothing was found, but not everything could be looked at. */
  readonly verdict: 'damaged' | 'sound' | 'unknown'
  readonly damages: readonly Damage[]
  /** What could not be looked at, a sentence each. */
  readonly notLooked: readonly string[]
  /** What is no damage by itself, and worth a look: fewer documents than the newest backup has. */
  readonly notes: readonly string[]
}

/** Judges what was seen. What could not be looked at is never called sound. */
export function judgeDamage(evidence: DamageEvidence): DamageVerdict {
  const damages = [...inLog(evidence), ...evidence.collections.flatMap(inCollection)]
  const notLooked = unseen(evidence)
  const verdict =
    damages.length > 0 ? 'damaged' : notLooked.length > 0 ? ('unknown' as const) : 'sound'
  return { verdict, damages, notLooked, notes: drift(evidence) }
}

function inLog({ lines, container, diedReading }: DamageEvidence): readonly Damage[] {
  const reason = reasonIn(lines, true)
  if (reason?.kind !== 'damaged data') return []
  const when = diedReading ? 'while it was read' : (container ?? 'it has no container')
  return [
    {
      where: 'the log of the server',
      what: `${reason.says} (${when})`,
      evidence: lineWithoutValues(reason.line),
    },
  ]
}

function inCollection({ name, problems, read, because = '' }: CollectionLook): readonly Damage[] {
  if (problems.length > 0)
    return [
      {
        where: name,
        what: 'its own check calls it invalid',
        evidence: problems.map(withoutValues).join('; '),
      },
    ]
  // A connection that broke says nothing of the data: what the server says while it lives does.
  return read === 'failed' && damaging.test(because)
    ? [{ where: name, what: 'it cannot be read to its end', evidence: withoutValues(because) }]
    : []
}

/**
 * What a server answers that meets damage and lives on: DataCorruptionDetected, BSON that cannot be read, an index entry
 * without its document (mongo, src/mongo/base/error_codes.yml), and WiredTiger's own word.
 */
const damaging =
  /DataCorruptionDetected|data corruption|InvalidBSON|invalid bson|not valid BSON|WT_ERROR|checksum|Index key does not match|extra index keys|missing index/i

function unseen(evidence: DamageEvidence): readonly string[] {
  const { silent, unreadLog, collections } = evidence
  return [
    ...nothingThere(evidence),
    ...(silent === undefined ? [] : [`its data was not read: ${silent}`]),
    ...(unreadLog === undefined ? [] : [`its log was not read: ${unreadLog}`]),
    ...collections.flatMap(({ name, read, because }) =>
      read === 'whole'
        ? []
        : [
            `${name} was not read to its end: ${because === undefined ? 'no reason is known' : withoutValues(because)}`,
          ],
    ),
  ]
}

/** A server that came up on an empty volume is as sound as can be: whether that is what it should be, nobody can see. */
function nothingThere(evidence: DamageEvidence): readonly string[] {
  const { collections, backup } = evidence
  if (!backup || !wasRead(evidence)) return []
  const then = inBackup(backup.documents).reduce((sum, [, count]) => sum + count, 0)
  const isEmpty = collections.every(
    (one) => isOwn(one.name) || (one.read === 'whole' && one.documents === 0),
  )
  return then > 0 && isEmpty
    ? [
        `the server holds no document at all, ${backup.id} has ${then.toString()}: is its volume the right one, and was it repaired?`,
      ]
    : []
}

/** A collection that was emptied or dropped looks just like this: so it is told, and never called damage. */
function drift(evidence: DamageEvidence): readonly string[] {
  const { collections, backup } = evidence
  if (!backup || !wasRead(evidence)) return []
  const now = new Map(collections.map((one) => [one.name, one]))
  return inBackup(backup.documents).flatMap(([name, then]) => {
    const found = now.get(name)
    if (!found)
      return [
        `${name} is gone, ${backup.id} has ${then.toString()} documents of it: was it dropped?`,
      ]
    if (found.read !== 'whole' || found.documents === undefined || found.documents >= then)
      return []
    return [
      `${name} has ${found.documents.toString()} documents, ${backup.id} has ${then.toString()}: were they deleted?`,
    ]
  })
}

/** Whether all collections are known: otherwise one that was not seen says nothing. */
function wasRead({ silent, spared }: DamageEvidence): boolean {
  return silent === undefined && !spared
}

/** What a backup holds documents of; the server's own databases are not looked at. */
function inBackup(documents: Readonly<Record<string, number>>): readonly [string, number][] {
  return Object.entries(documents).filter(([name, then]) => then > 0 && !isOwn(name))
}

function isOwn(name: string): boolean {
  return /^(admin|config|local)\./.test(name)
}
