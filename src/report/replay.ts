import { conflictsIn, conflictWords, countWords } from '../domain/replayCount.js'
import type { Replayed } from '../procedures/replay/replay.js'
import type { Canvas } from './canvas.js'
import { count } from './format/bytes.js'
import { duration } from './format/durations.js'
import { visible } from './format/visible.js'
import { paint } from './paint.js'

/** What was played back, what was not and why, and how to take it back. */
export function replayScreen(result: Replayed, canvas: Canvas): string {
  const { good, warning } = paint(canvas)
  const { collections, refused, outstanding, left, documents, conflicts, receipt } = result
  const isWhole = conflicts + left.length === 0
  const what = documents === 1 ? 'document' : 'documents'
  return [
    `${isWhole ? good('✔') : warning('!')} Played back ${visible(result.kept)} in ${duration(result.seconds)}: ${count(documents)} ${what} changed, ${count(result.proved)} proved`,
    ...collections.map((one) => `  ${visible(one.namespace)}  ${countWords(one)}`),
    ...[...collections, ...refused]
      .filter((one) => conflictsIn([one]) > 0)
      .flatMap(({ namespace, conflicts: own }) =>
        own.map((one) => `    ${visible(namespace)}  ${visible(conflictWords(one))}`),
      ),
    ...outstanding
      .filter(({ isPlayed }) => !isPlayed)
      .map(({ number, words }) => `  left out: ${count(number)}  ${visible(words)}`),
    ...left.map((text) => `  not played back: ${visible(text)}`),
    ...(result.changedSince > 0
      ? [`  written to by somebody else since: ${count(result.changedSince)}`]
      : []),
    ...(result.safetyBackup === null ? [] : [`  Before it: ${visible(result.safetyBackup)}`]),
    ...(receipt === null ? [] : [`  Take it back: ops undo ${receipt}`]),
  ].join('\n')
}
