import type { LogFacts } from '../domain/ownLog/entry.js'
import type { LogLevel } from '../domain/ownLog/level.js'
import type { Plan } from '../procedures/plan.js'
import type { ProgressEvent } from '../procedures/progress.js'
import type { OwnLog } from './ownLog.js'

/** What a plan's run tells of itself, and that it came to its end. */
type PlanEvent = ProgressEvent | { readonly kind: 'through'; readonly receipt?: string }

/**
 * Notes the steps of a plan. Details of steps are left out: tools and jobs are quoted there, and may name patients; of a step that
 * failed the end of the run tells why.
 */
export function stepLog(
  { target, title }: Pick<Plan<unknown>, 'target' | 'title'>,
  log: OwnLog,
): (event: PlanEvent) => void {
  const note = (level: LogLevel, event: string, facts: LogFacts) => {
    log.note(level, event, { target, ...facts })
  }
  return (event) => {
    switch (event.kind) {
      case 'planned':
        note('info', 'plan', { message: title })
        return
      case 'started':
        note('debug', 'step started', { step: event.step })
        return
      case 'done':
        note('info', 'step done', {
          step: event.step,
          milliseconds: Math.round(event.milliseconds),
        })
        return
      case 'failed':
        note('error', 'step failed', { step: event.step })
        return
      case 'undone':
        note('warn', 'step undone', { step: event.step })
        return
      case 'stuck':
        note('error', 'step not undone', { step: event.step })
        return
      case 'through':
        note('info', 'plan done', event.receipt === undefined ? {} : { receipt: event.receipt })
        return
      case 'detail':
      case 'amount':
    }
  }
}
