import type { TrialResult } from '../procedures/trial/trial.js'
import type { Canvas } from './canvas.js'
import { count, counted } from './format/bytes.js'
import { duration } from './format/durations.js'
import { visible } from './format/visible.js'
import { paint } from './paint.js'

/** A trial restore: what came back, how it was proved, and how long it took. */
export function trialScreen(trial: TrialResult, canvas: Canvas): string {
  const { good } = paint(canvas)
  const collections = Object.entries(trial.collections).map(
    ([name, { documents, expected }]) =>
      `  ${visible(name)}  ${count(documents)} of ${count(expected)} documents`,
  )
  return [
    `${good('✔')} ${visible(trial.id)} comes back in ${duration(trial.seconds)}  ${good(trial.trust)}`,
    ...collections,
    `  ${counted(trial.sampled, 'document')} compared byte for byte, ${counted(trial.validated, 'collection')} validated by the server`,
    `  in a scratch server of MongoDB ${visible(trial.serverVersion)} (${visible(trial.image)}), removed again`,
  ].join('\n')
}

/** Several of them. */
export function trialsScreen(
  { trials }: { readonly trials: readonly TrialResult[] },
  canvas: Canvas,
): string {
  return trials.map((trial) => trialScreen(trial, canvas)).join('\n')
}
