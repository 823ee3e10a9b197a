import { Failure } from '../domain/failure.js'
import type { Receipt } from '../domain/receipt.js'
import type { Step, StepContext } from './plan.js'
import type { Tell } from './progress.js'

/** What became of the steps that were begun, newest first. */
export interface TakenBack {
  readonly undone: readonly Step[]
  /** Left as they are because the run was interrupted and taking them back takes long. */
  readonly kept: readonly Step[]
  /** Destroyed something and know no way back. */
  readonly final: readonly Step[]
  /** Not undone because of what the others left: services that stay stopped. */
  readonly held: readonly Step[]
  /** Their undo failed. */
  readonly stuck: readonly { readonly step: Step; readonly why: string }[]
}

/** Whether nothing is left of what was begun. */
export function isWhole({ kept, final, held, stuck }: TakenBack): boolean {
  return kept.length + final.length + held.length + stuck.length === 0
}

/** Undoes begun steps, newest first, going on past an undo that fails: the operator hears of each one. */
export async function takeBack(
  begun: readonly Step[],
  cause: unknown,
  context: (step: Step) => StepContext,
  tell: Tell,
): Promise<TakenBack> {
  const undone: Step[] = []
  const kept: Step[] = []
  const final: Step[] = []
  const held: Step[] = []
  const stuck: { step: Step; why: string }[] = []
  const interrupted = isInterruption(cause)

  for (const step of begun.toReversed()) {
    if (!step.undo) {
      if (step.effect === 'destroys') final.push(step)
    } else if (interrupted && step.undoWhen === 'failure') {
      kept.push(step)
    } else if (
      step.undoOnlyIfWhole &&
      leavesRubble([...kept, ...final, ...stuck.map((one) => one.step)])
    ) {
      held.push(step)
    } else {
      try {
        await step.undo(context(step))
        undone.push(step)
        tell({ kind: 'undone', step: step.title })
      } catch (error) {
        const why = messageOf(error)
        stuck.push({ step, why })
        tell({ kind: 'stuck', step: step.title, message: why })
      }
    }
  }
  return { undone, kept, final, held, stuck }
}

/** Whether something that was destroyed, or half made anew, is left as it is. */
function leavesRubble(left: readonly Step[]): boolean {
  return left.some(({ effect }) => effect === 'destroys')
}

/**
 * The failure to end with: the cause, what state things are in now, and how to go on. `UNDO_INCOMPLETE` (failed) where
 * an undo failed, naming the first cause. What is no `Failure` stays what it is, so that it is seen as a bug.
 */
export function explain(cause: unknown, taken: TakenBack, receipt: Receipt | undefined): unknown {
  const undo = receipt && !isWhole(taken) ? [`ops undo ${receipt.id}`] : []
  // Without an id it would take back something older where nothing is left of this run.
  const others = cause instanceof Failure ? cause.next.filter((line) => line !== 'ops undo') : []

  if (taken.stuck.length > 0) {
    const parts = taken.stuck.map(({ step, why }) => `"${step.title}" (${why})`).join(', ')
    return new Failure(
      'failed',
      'UNDO_INCOMPLETE',
      [
        `${messageOf(cause)}; then taking it back failed too: ${parts}`,
        ...stillInForce(taken),
      ].join('; '),
      [...undo, ...others],
      {
        cause,
        facts: { first: cause instanceof Failure ? cause.code : 'BUG', ...before(receipt) },
      },
    )
  }
  if (!(cause instanceof Failure)) return cause
  return new Failure(
    cause.kind,
    cause.code,
    [cause.message, ...stateNow(taken, receipt)].join('; '),
    [...undo, ...others],
    { cause, facts: { ...cause.facts, ...before(receipt) } },
  )
}

function stateNow(taken: TakenBack, receipt: Receipt | undefined): string[] {
  const { undone, kept, final } = taken
  const left = [...kept, ...final]
  if (left.length === 0) {
    return receipt && undone.length > 0 ? ['everything that was changed has been taken back'] : []
  }
  const saved = receipt?.safetyBackup
  return [
    `left as it is now, perhaps half done: ${left.map(({ title }) => `"${title}"`).join(', ')}`,
    ...(saved === undefined ? [] : [`the state before is in backup ${saved}`]),
    ...stillInForce(taken),
  ]
}

function stillInForce({ held }: TakenBack): string[] {
  return held.length === 0
    ? []
    : [`still in force: ${held.map(({ title }) => `"${title}"`).join(', ')}`]
}

function before(receipt: Receipt | undefined): Record<string, unknown> {
  if (!receipt) return {}
  const { id, safetyBackup } = receipt
  return { receipt: id, ...(safetyBackup === undefined ? {} : { safetyBackup }) }
}

function isInterruption(cause: unknown): boolean {
  return cause instanceof Failure && ['interrupted', 'terminated'].includes(cause.kind)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
