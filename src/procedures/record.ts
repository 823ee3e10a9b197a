import { Failure } from '../domain/failure.js'
import type { Receipt, ReceiptState } from '../domain/receipt.js'
import type { Clock } from '../ports/clock.js'
import type { Host } from '../ports/host.js'
import type { Receipts } from '../ports/receipts.js'
import { holdsOf, type Plan } from './plan.js'

/** The part of the world a record is written with. */
export interface RecordWorld {
  readonly clock: Clock
  readonly host: Host
  readonly receipts: Receipts
}

/** The receipt of one run, on disk from before the first change until it is closed. */
export interface RunRecord {
  /** The receipt as it was last written; nothing before `begin`, and nothing for a plan that keeps none. */
  current(): Receipt | undefined
  /** Writes `started`, once, and once more before the first step that destroys; later calls do nothing. */
  begin(destroys: boolean): Promise<void>
  /** Writes it once more with what the plan says by now; nothing before `begin`. */
  update(): Promise<void>
  /** Adds a finished step. */
  finished(step: string): Promise<void>
  close(state: ReceiptState, error?: { code: string; message: string }): Promise<void>
}

/**
 * Keeps the receipt of a plan. Every method throws `RECEIPT_UNWRITTEN` (failed) when the record cannot be written: what
 * cannot be recorded must not be done, because it could not be taken back after a crash.
 */
export function recordOf(plan: Plan<unknown>, world: RecordWorld): RunRecord {
  const keeps = holdsOf(plan) === 'lock and receipt'
  let receipt: Receipt | undefined

  const write = async (next: Receipt) => {
    try {
      await world.receipts.save({ ...next, ...plan.receipt?.() })
    } catch (error) {
      throw unwritten(plan, error)
    }
    receipt = { ...next, ...plan.receipt?.() }
  }

  return {
    current: () => receipt,
    async begin(destroys) {
      if (!keeps || (receipt && (receipt.destroyed === true || !destroys))) return
      await write({ ...(receipt ?? firstPage(plan, world)), destroyed: destroys })
    },
    async update() {
      if (receipt) await write(receipt)
    },
    async finished(step) {
      if (receipt) await write({ ...receipt, steps: [...receipt.steps, step] })
    },
    async close(state, error) {
      if (!receipt) return
      const finishedAt = world.clock.now().toISOString()
      await write({ ...receipt, state, finishedAt, ...(error ? { error } : {}) })
    },
  }
}

function firstPage(plan: Plan<unknown>, { clock, host }: RecordWorld): Receipt {
  const now = clock.now().toISOString()
  const second = now.slice(0, 19).replaceAll(/[-:]/g, '')
  return {
    id: `${plan.command.replaceAll(/[^a-z0-9]+/gi, '-')}-${second}Z-${host.token()}`,
    command: plan.command,
    target: plan.target,
    title: plan.title,
    startedAt: now,
    state: 'started',
    actor: host.user,
    host: host.name,
    pid: host.pid,
    steps: [],
  }
}

function unwritten(plan: Plan<unknown>, cause: unknown): Failure {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new Failure(
    'failed',
    'RECEIPT_UNWRITTEN',
    `the record of "${plan.title}" could not be written: ${why}`,
    ['ops doctor', 'ops config path'],
    { cause },
  )
}
