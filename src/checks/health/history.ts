import type { Finding } from '../../domain/finding.js'
import { blind, doubtful, fine } from '../doctor/finding.js'
import { counted } from '../doctor/words.js'
import type { HealthEvidence } from './evidence.js'

/** Can this run be held against earlier ones, and later ones against it? */
export function judgeHistory({
  history,
  recorded,
}: Pick<HealthEvidence, 'history' | 'recorded'>): readonly Finding[] {
  const id = 'history'
  const next = ['ops config path', 'export OPS_STATE=/a/folder/of/yours']
  if (history.state !== 'seen') return [blind(id, 'what earlier runs found', history, next)]
  if (recorded && recorded.state !== 'seen')
    return [
      doubtful(id, {
        says: 'what was found could not be written down',
        because: `${recorded.state === 'refused' ? recorded.message : recorded.because}; without it no check that goes back and forth is seen, and no disk is forecast`,
        next: recorded.state === 'refused' && recorded.next.length > 0 ? recorded.next : next,
      }),
    ]
  const { damaged, stretches } = history.facts
  if (damaged > 0)
    return [
      doubtful(id, {
        says: `${counted(damaged, 'line')} of what earlier runs found could not be read`,
        because: 'they are passed over, and left out from now on',
        next: ['ops health'],
        value: { damaged },
      }),
    ]
  const runs = stretches.reduce((sum, one) => sum + one.runs, 0)
  return [fine(id, `${counted(runs, 'run')} before this one`, '', { runs })]
}
