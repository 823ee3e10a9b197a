import { secondOf } from '../../domain/oplog/optime.js'
import { conflictWords, countWords } from '../../domain/replayCount.js'
import type { ReplayFacts } from './facts.js'

/** Lines of each sort that a plan shows. */
const most = 20

type Fact = readonly [label: string, text: string]

/** The title of the plan. */
export function replayTitle({ request, found, documents }: ReplayFacts): string {
  return `play back what ${found.manifest.id} kept onto ${request.target.name}: ${documents.toString()} ${documents === 1 ? 'document changes' : 'documents change'}`
}

/** What the operator should know before saying yes. */
export function replayFacts(facts: ReplayFacts): readonly Fact[] {
  const { found, counts, outstanding, left, safety, request } = facts
  const { manifest } = found
  const { since, until, operations, entries } = manifest
  return [
    [
      'File',
      `${manifest.file}, read to its end: whole; ${operations.toString()} operations in ${entries.toString()} entries`,
    ],
    ['Written', `${secondOf(since).toISOString()} to ${secondOf(until).toISOString()}`],
    ...some(counts.map((one) => ['Collection', `${one.namespace}: ${countWords(one)}`] as const)),
    ...some(
      counts.flatMap(({ namespace, conflicts }) =>
        conflicts.map((one) => ['Conflict', `${namespace}: ${conflictWords(one)}`] as const),
      ),
    ),
    ...some(
      outstanding.map(
        ({ number, words, isPlayed }) =>
          [
            'Stands out',
            `${number.toString()}  ${words}: ${isPlayed ? 'PLAYED BACK' : 'left out'}`,
          ] as const,
      ),
    ),
    ...some(left.map((text) => ['Not played', text] as const)),
    ['Kept', 'what anybody wrote since the restore is never written over'],
    [
      'First',
      safety
        ? 'a safety backup of what is there now; "ops undo" brings it back'
        : request.safetyBackup
          ? 'nothing to save: nothing changes'
          : 'NO safety backup (--no-safety-backup): this cannot be undone',
    ],
  ]
}

function some(facts: readonly Fact[]): readonly Fact[] {
  const rest = facts.length - most
  const [first] = facts
  if (rest <= 0 || !first) return facts
  return [...facts.slice(0, most), [first[0], `${rest.toString()} more`]]
}
