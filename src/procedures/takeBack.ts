import { mayBeTakenBack } from '../domain/cutOffWords.js'
import { Failure } from '../domain/failure.js'
import { wayBackOf } from '../domain/leftHalf.js'
import type { Receipt } from '../domain/receipt.js'
import type { Step } from './plan.js'
import type { Tell } from './progress.js'
import { isUnderWay } from './underWay.js'

/** What became of the steps that were begun, newest first. */
export interface TakenBack {
  readonly undone: readonly Step[]
  /** Came to their end, and the next run goes on from them. */
  readonly stay: readonly Step[]
  /** Left as they are because the run was interrupted and taking them back takes long, or because the next run goes on from them. */
  readonly kept: readonly Step[]
  /** Destroyed something and know no way back. */
  readonly final: readonly Step[]
  /** Not undone because of what the others left: services that stay stopped. */
  readonly held: readonly Step[]
  /** Neither they nor their undo came to an end: they may go on until this process is gone. */
  readonly underWay: readonly Step[]
  /** Their undo failed. */
  readonly stuck: readonly { readonly step: Step; readonly why: string }[]
}

/** Whether nothing is left of what was begun. */
export function isWhole({ stay, kept, final, held, underWay, stuck }: TakenBack): boolean {
  return (
    stay.length + kept.length + final.length + held.length + underWay.length + stuck.length === 0
  )
}

/**
 * Undoes begun steps, newest first, going on past an undo that fails: the operator hears of each one. A step that did not
 * come to an end (`running`) is not undone: both at once on one thing would leave neither state.
 */
export async function takeBack(
  begun: readonly Step[],
  cause: unknown,
  running: Step | undefined,
  undo: (step: Step) => Promise<void>,
  tell: Tell,
): Promise<TakenBack> {
  const undone: Step[] = []
  const stay: Step[] = []
  const kept: Step[] = []
  const final: Step[] = []
  const held: Step[] = []
  const underWay: Step[] = []
  const stuck: { step: Step; why: string }[] = []
  const left = () => [...stay, ...kept, ...final, ...underWay, ...stuck.map((one) => one.step)]
  const interrupted = isInterruption(cause)

  for (const step of begun.toReversed()) {
    if (isUnderWay(cause) && step === running) {
      underWay.push(step)
    } else if (!step.undo) {
      if (step.stays) (step === running ? kept : stay).push(step)
      else if (step.effect === 'destroys') final.push(step)
    } else if (interrupted && step.undoWhen === 'failure') {
      kept.push(step)
    } else if (step.undoOnlyIfWhole && leavesRubble(left())) {
      held.push(step)
    } else {
      try {
        await undo(step)
        undone.push(step)
        tell({ kind: 'undone', step: step.title })
      } catch (error) {
        const why = messageOf(error)
        if (isUnderWay(error)) underWay.push(step)
        else stuck.push({ step, why })
        tell({ kind: 'stuck', step: step.title, message: why })
      }
    }
  }
  return { undone, stay, kept, final, held, underWay, stuck }
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
  const undo =
    receipt && mayBeTakenBack(receipt) && !isWhole(taken) ? [`ops undo ${receipt.id}`] : []
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
        facts: {
          first: cause instanceof Failure ? cause.code : 'BUG',
          ...before(receipt),
          ...underWayNow(taken),
        },
      },
    )
  }
  if (!(cause instanceof Failure)) return cause
  return new Failure(
    cause.kind,
    cause.code,
    [cause.message, ...stateNow(cause, taken, receipt)].join('; '),
    [...undo, ...others],
    { cause, facts: { ...underWayNow(taken), ...cause.facts, ...before(receipt) } },
  )
}

function stateNow(cause: Failure, taken: TakenBack, receipt: Receipt | undefined): string[] {
  const { undone, stay, kept, final, underWay } = taken
  // The cause tells of the step that did not end; here are those of which only the undo did not.
  const notBack = underWay.filter(({ title }) => title !== cause.facts['underWay'])
  const left = [...kept, ...final, ...underWay.filter(({ effect }) => effect !== 'reads')]
  const stuck = [
    ...notBack.map(({ title }) => `taking back "${title}" did not end`),
    ...(stay.length === 0 ? [] : [`stays as it is now: ${titlesOf(stay)}`]),
  ]
  if (left.length === 0) {
    if (stuck.length > 0) return stuck
    return receipt && undone.length > 0 ? ['everything that was changed has been taken back'] : []
  }
  const saved = receipt && wayBackOf(receipt).safetyBackup
  return [
    ...stuck,
    `left as it is now, perhaps half done: ${titlesOf(left)}`,
    ...(saved === undefined ? [] : [`the state before is in backup ${saved}`]),
    ...stillInForce(taken),
  ]
}

function underWayNow({ underWay }: TakenBack): Record<string, unknown> {
  const [first] = underWay
  return first ? { underWay: first.title } : {}
}

function stillInForce({ held }: TakenBack): string[] {
  return held.length === 0 ? [] : [`still in force: ${titlesOf(held)}`]
}

function titlesOf(steps: readonly Step[]): string {
  return steps.map(({ title }) => `"${title}"`).join(', ')
}

function before(receipt: Receipt | undefined): Record<string, unknown> {
  if (!receipt) return {}
  const { safetyBackup } = wayBackOf(receipt)
  return { receipt: receipt.id, ...(safetyBackup === undefined ? {} : { safetyBackup }) }
}

function isInterruption(cause: unknown): boolean {
  return cause instanceof Failure && ['interrupted', 'terminated'].includes(cause.kind)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
