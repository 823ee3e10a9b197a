import { deletionWords } from '../domain/deletions/words.js'
import type { DeletionPutBack } from '../procedures/dr/deletion.js'
import type { FoundDeletions } from '../procedures/dr/findDeletions.js'
import type { Conflict } from '../procedures/dr/putBack.js'
import type { Canvas } from './canvas.js'
import { count } from './format/bytes.js'
import { duration } from './format/durations.js'
import { visible } from './format/visible.js'
import { paint } from './paint.js'
import { table } from './table.js'

/** What was deleted, oldest first, with what to type to put one of it back. */
export function deletionsScreen(found: FoundDeletions, canvas: Canvas): string {
  const { target, since, until, entries, deletions } = found
  const looked = `${count(entries)} entries of the oplog, ${shortTime(since)} to ${shortTime(until)}`
  if (deletions.length === 0) return `Nothing was deleted from ${visible(target)} (${looked})`
  const rows = deletions.map((one, at) => [
    (at + 1).toString(),
    shortTime(new Date(one.first.seconds * 1000).toISOString()),
    deletionWords(one),
    one.by ?? 'unknown',
    one.id,
  ])
  const columns = [
    { title: '#', align: 'right' as const },
    { title: 'when' },
    { title: 'what' },
    { title: 'by' },
    { title: 'id' },
  ]
  const listed = table(columns, rows, canvas)
  if (!canvas.terminal) return listed
  return [listed, '', `  ${looked}`, '  Put one back: ops dr deletion --pick ID'].join('\n')
}

/** What was put back, what proves it, and what is left to a person. */
export function putBackScreen(result: DeletionPutBack, canvas: Canvas): string {
  const { good, warning } = paint(canvas)
  const { collections, conflicts, left, seconds, objectiveSeconds, receipt } = result
  const isWhole = conflicts + left.length === 0 && seconds <= objectiveSeconds
  const time = `${duration(seconds)}, objective ${duration(objectiveSeconds)}`
  return [
    `${isWhole ? good('✔') : warning('!')} Put back ${count(result.putBack)} documents in ${time}`,
    ...collections.flatMap((one) => [
      `  ${visible(one.namespace)}  ${count(one.putBack)} of ${count(one.documents)}${one.alreadyThere > 0 ? `, already there: ${count(one.alreadyThere)}` : ''}`,
      ...one.conflicts.map(conflictLine),
    ]),
    ...result.made.map((name) => `  ${visible(name)}  made anew`),
    `  proved, byte for byte what they were right before: ${count(result.proved)}`,
    ...result.changedSince.map((one) => `  ${one.because} by somebody else: ${count(one.count)}`),
    ...left.map(({ namespace, why }) => `  ${visible(namespace)}  is not put back: it is ${why}`),
    ...(receipt === null ? [] : [`  Take it back: ops undo ${receipt}`]),
  ].join('\n')
}

function conflictLine({ because, count: number, ids }: Conflict): string {
  const some = `${ids.map(visible).join(', ')}${number > ids.length ? ' …' : ''}`
  return `    not put back: ${count(number)}, for ${visible(because)}: _id ${some}`
}

function shortTime(time: string): string {
  return time.replace('.000Z', 'Z')
}
