import type { DataFilesExchange } from '../domain/dataFiles.js'
import type { Discarded } from '../domain/discarded.js'
import type { PutBackRecord } from '../domain/deletions/putBackRecord.js'
import type { KeptWritesRecord } from '../domain/keptWrites.js'
import type { Receipt, ReplayRecord } from '../domain/receipt.js'
import type { Amount } from './progress.js'

/** What a step does to the world: nothing, something that can be taken back, or something that destroys. */
export type Effect = 'reads' | 'changes' | 'destroys'

/** What a running step gets. */
export interface StepContext {
  /** Aborted on Ctrl-C, SIGTERM and `--timeout`; its reason is a `Failure`. */
  readonly signal: AbortSignal
  readonly detail: (text: string) => void
  readonly amount: (amount: Amount) => void
  readonly warn: (text: string) => void
  /** Writes the record as it is now: what was done so far is known to whoever comes after a crash. Nothing where none is kept. */
  readonly remember: () => Promise<void>
  /** Milliseconds that what was told to stop gets to end; the usual where it is left out. */
  readonly patience?: number
}

/** One line of the runbook, and the only place a procedure touches the world. */
export interface Step {
  readonly title: string
  readonly effect: Effect
  run(context: StepContext): Promise<void>
  /** Must be safe on a step that was only half done. */
  undo?(context: StepContext): Promise<void>
  /** `always`: undone after an interruption too. `failure`: only after a failure, because it takes long. Default `always`. */
  readonly undoWhen?: 'always' | 'failure'
  /** Not undone while something that was destroyed is left as it is: writers stay stopped before a half-restored database. */
  readonly undoOnlyIfWhole?: boolean
  /** What it made stays when a later step fails: the same command, typed again, goes on from there. It has no `undo`. */
  readonly stays?: boolean
  /** Comes after the promise is kept: when it fails, nothing is taken back, and the run ends as partly done. */
  readonly afterwards?: boolean
}

/** What the receipt of a plan holds besides what every receipt holds. */
export interface ReceiptPart {
  readonly emptyBefore?: boolean
  readonly carried?: NonNullable<Receipt['carried']>
  readonly savedHalf?: string
  readonly broughtBackHalf?: string
  readonly stopped?: readonly string[]
  readonly safetyBackup?: string
  readonly created?: readonly string[]
  readonly touched?: { readonly databases: readonly string[]; readonly collection?: string }
  readonly shelf?: NonNullable<Receipt['shelf']>
  readonly copies?: NonNullable<Receipt['copies']>
  readonly writesLocked?: boolean
  readonly writeLock?: NonNullable<Receipt['writeLock']>
  readonly dataFiles?: DataFilesExchange
  readonly putBack?: PutBackRecord
  readonly keptWrites?: KeptWritesRecord
  readonly discardedNotKept?: string
  readonly replayed?: ReplayRecord
  readonly tookAway?: string
  readonly again?: string
  readonly system?: NonNullable<Receipt['system']>
  readonly containers?: NonNullable<Receipt['containers']>
  readonly index?: NonNullable<Receipt['index']>
  readonly setting?: NonNullable<Receipt['setting']>
  readonly replicaSet?: NonNullable<Receipt['replicaSet']>
  readonly proof?: Readonly<Record<string, unknown>>
}

/**
 * What is held while the steps run: the lock alone (a backup: nobody else may touch the target), the lock and a receipt
 * (something that may have to be taken back), or nothing.
 */
export type Holds = 'nothing' | 'lock' | 'lock and receipt'

/** Everything decided, nothing done yet: it can be printed, confirmed, or thrown away. */
export interface Plan<Result> {
  readonly command: string
  readonly target: string
  readonly title: string
  /** What the operator should know before saying yes, as label and text. */
  readonly facts: readonly (readonly [label: string, text: string])[]
  /** What is not as it should be, though it keeps nobody from saying yes. */
  readonly warnings?: readonly string[]
  /** What the operator gives up by saying yes. */
  readonly loses: readonly string[]
  /** Of what is given up: the writes, counted, where an oplog tells them. */
  readonly discarded?: Discarded
  readonly steps: readonly Step[]
  /** Default: `lock and receipt` where any step does more than read, else `nothing`. */
  readonly holds?: Holds
  /** Its receipt is written before the first step, whatever that does: whoever comes after a crash is told what was under way. */
  readonly recordedFromTheStart?: boolean
  /** Names whose locks are taken; default the plan's own target. Several where a whole stack is touched. */
  readonly locks?: readonly string[]
  /** Asked for after the steps are through (and for a receipt, also after a failure). */
  receipt?(): ReceiptPart
  result(receipt: Receipt | undefined): Result
  /** Lets go of what planning put down (a stream spooled to disk); called once, whatever became of the plan. */
  release?(): Promise<void>
}

/** A page of the runbook: decides from what it reads, changes nothing. */
export interface Procedure<Request, Result, World> {
  readonly id: string
  readonly summary: string
  plan(request: Request, world: World): Promise<Plan<Result>>
}

/** What a plan holds while it runs: what it says, or what its steps imply. */
export function holdsOf(plan: Pick<Plan<unknown>, 'holds' | 'steps'>): Holds {
  return (
    plan.holds ??
    (plan.steps.some((step) => step.effect !== 'reads') ? 'lock and receipt' : 'nothing')
  )
}

/** Whether a plan needs the target's name typed. */
export function needsConfirmation(plan: Plan<unknown>): boolean {
  return plan.steps.some((step) => step.effect === 'destroys')
}
