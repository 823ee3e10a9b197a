import { Failure } from '../domain/failure.js'
import type { Receipt } from '../domain/receipt.js'
import type { Held, LockOwner, Locks } from '../ports/locks.js'
import { holdsOf, type Plan, type Step, type StepContext } from './plan.js'
import type { Tell } from './progress.js'
import { recordOf, type RecordWorld, type RunRecord } from './record.js'
import { explain, isWhole, takeBack } from './takeBack.js'
import { endingWith, endingWithin, isUnderWay, usualPatience, type Patience } from './underWay.js'

/** The part of the world that carrying out needs; the steps hold the rest. */
export interface CarryOutWorld extends RecordWorld {
  readonly locks: Locks
}

/** Who watches a run, and what may end it. */
export interface Watch {
  readonly tell: Tell
  /** Its reason is the `Failure` to end with. */
  readonly signal: AbortSignal
  /** Hears each warning at once; they are also in the outcome. */
  readonly warn?: (text: string) => void
  /** How long is waited for what does not end. */
  readonly patience?: Patience
}

/** What came of a plan. */
export interface CarriedOut<Result> {
  readonly result: Result
  readonly warnings: readonly string[]
  /** Absent for plans that keep none. */
  readonly receipt?: Receipt
}

/**
 * Runs the steps of a plan in order, under the locks and with the receipt it asks for. If a step fails, every step that
 * was begun is undone, newest first; the failure says what state things are in. What does not end after the signal is left
 * to itself: it is named, not undone, and the locks stay until this process is gone. Throws what a step threw,
 * `TARGET_LOCKED` (locked), `AFTERWARDS_FAILED` (partial), `RECEIPT_UNWRITTEN` (failed; partial where all was done but the last line of the record),
 * `UNDO_INCOMPLETE` (failed), and the signal's reason.
 */
export async function carryOut<Result>(
  plan: Plan<Result>,
  world: CarryOutWorld,
  watch: Watch,
): Promise<CarriedOut<Result>> {
  const warnings: string[] = []
  const warn = (text: string) => {
    warnings.push(text)
    watch.warn?.(text)
  }
  const watching = { patience: usualPatience, ...watch, warn }
  const locks = await takeLocks(plan, world.locks, watching)
  let free = true
  try {
    const record = patientRecord(recordOf(plan, world), watching)
    await runSteps(plan, world, watching, record)
    await closeDone(plan, record)
    const receipt = record.current()
    return { result: plan.result(receipt), warnings, ...(receipt ? { receipt } : {}) }
  } catch (error) {
    // Whoever took the lock now would meet what is still under way.
    free = !isUnderWay(error)
    throw error
  } finally {
    if (free) await releaseAll(locks, watching)
  }
}

/** The record on a disk that may not answer. */
function patientRecord(record: RunRecord, { signal, patience }: Required<Watch>): RunRecord {
  const patiently = (work: Promise<void>) =>
    endingWith(work, 'write the record', signal, patience.file)
  return {
    current: () => record.current(),
    begin: (destroys) => patiently(record.begin(destroys)),
    update: () => patiently(record.update()),
    finished: (step) => patiently(record.finished(step)),
    close: (state, error) => patiently(record.close(state, error)),
  }
}

async function runSteps(
  plan: Plan<unknown>,
  world: CarryOutWorld,
  watch: Required<Watch>,
  record: RunRecord,
): Promise<void> {
  const { tell, signal } = watch
  const begun: Step[] = []
  let running: Step | undefined
  tell({ kind: 'planned', title: plan.title, steps: plan.steps.map(({ title }) => title) })
  const [promise, afterwards] = [
    plan.steps.filter((step) => !step.afterwards),
    plan.steps.filter((step) => step.afterwards),
  ]
  try {
    if (plan.recordedFromTheStart) await record.begin(false)
    for (const [at, step] of promise.entries()) {
      signal.throwIfAborted()
      if (step.effect !== 'reads') await record.begin(step.effect === 'destroys')
      begun.push(step)
      running = step
      await runStep(step, world, watch, record)
      running = undefined
      // With the last of them the promise is kept: a record that cannot be written then must not take it back.
      if (at < promise.length - 1) await record.finished(step.title)
    }
  } catch (cause) {
    // The run's own signal may be aborted already, and taking back must still be able to work: it gets one of its own.
    const calm = { ...watch, signal: new AbortController().signal }
    const taken = await takeBack(begun, cause, running, (step) => undone(step, calm, record), tell)
    await closeFailed(record, isWhole(taken), cause, watch.warn)
    throw explain(cause, taken, record.current())
  }
  await runAfterwards(plan, begun.at(-1), afterwards, world, watch, record)
}

/**
 * The promise is kept: what comes now is secondary. Each of these steps is tried, none takes anything back. Throws the
 * first failure as `partial`.
 */
async function runAfterwards(
  plan: Plan<unknown>,
  last: Step | undefined,
  steps: readonly Step[],
  world: CarryOutWorld,
  watch: Required<Watch>,
  record: RunRecord,
): Promise<void> {
  const failed: { readonly title: string; readonly cause: unknown }[] = []
  const attempt = async (title: string, work: () => Promise<void>) => {
    try {
      await work()
    } catch (cause) {
      failed.push({ title, cause })
    }
  }
  if (last) await attempt('write the record', () => record.finished(last.title))
  for (const step of steps) {
    await attempt(step.title, async () => {
      await runStep(step, world, watch, record)
      await record.finished(step.title)
    })
  }
  // What is still under way decides over the locks.
  const first = failed.find((each) => isUnderWay(each.cause)) ?? failed[0]
  if (!first) return
  await record.close('done').catch(() => undefined)
  const { cause } = first
  const why = failed.map(
    ({ title, cause: each }) =>
      `"${title}" failed: ${each instanceof Error ? each.message : String(each)}`,
  )
  throw new Failure(
    'partial',
    cause instanceof Failure ? cause.code : 'AFTERWARDS_FAILED',
    `"${plan.title}" is done and good, but ${why.join('; ')}`,
    cause instanceof Failure ? cause.next : ['ops doctor'],
    {
      cause,
      facts: {
        ...(cause instanceof Failure ? cause.facts : {}),
        receipt: record.current()?.id ?? null,
      },
    },
  )
}

async function runStep(
  step: Step,
  world: CarryOutWorld,
  watch: Required<Watch>,
  record: RunRecord,
): Promise<void> {
  const { tell, signal, warn } = watch
  const began = world.clock.elapsed()
  tell({ kind: 'started', step: step.title })
  try {
    await endingWith(
      step.run(contextOf(step, watch, record)),
      step.title,
      signal,
      watch.patience.step,
    )
  } catch (error) {
    // A tool that dies because it was told to stop is not the story: why it was told to is.
    const cause: unknown = signal.aborted && !isUnderWay(error) ? signal.reason : error
    const message = cause instanceof Error ? cause.message : String(cause)
    tell({ kind: 'failed', step: step.title, message })
    throw cause
  }
  try {
    tell({ kind: 'done', step: step.title, milliseconds: world.clock.elapsed() - began })
  } catch (error) {
    // It is done, whoever fails to show it: nothing is taken back because of that.
    warn(
      `"${step.title}" is done, which could not be shown: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

/** What takes long has its own ways to notice that nothing moves; what is quick has so much time and no more. */
async function undone(step: Step, watch: Required<Watch>, record: RunRecord): Promise<void> {
  const work = step.undo?.(contextOf(step, watch, record))
  if (!work || step.undoWhen === 'failure') return work
  return endingWithin(work, step.title, watch.patience.undo)
}

function contextOf(
  { title: step }: Step,
  { tell, signal, warn, patience }: Required<Watch>,
  record: RunRecord,
): StepContext {
  return {
    signal,
    warn,
    remember: () => record.update(),
    patience: patience.step,
    detail: (text) => {
      tell({ kind: 'detail', step, text })
    },
    amount: (amount) => {
      tell({ kind: 'amount', step, amount })
    },
  }
}

/** Everything is done by now: a record that cannot be closed makes the run partly good, never undone. */
async function closeDone(plan: Plan<unknown>, record: RunRecord): Promise<void> {
  try {
    await record.close('done')
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Failure(
      'partial',
      'RECEIPT_UNWRITTEN',
      `"${plan.title}" is done and good, but ${why}`,
      ['ops doctor'],
      { cause },
    )
  }
}

async function closeFailed(
  record: RunRecord,
  whole: boolean,
  cause: unknown,
  warn: (text: string) => void,
): Promise<void> {
  const code = cause instanceof Failure ? cause.code : 'BUG'
  const message = cause instanceof Error ? cause.message : String(cause)
  try {
    await record.close(whole ? 'rolled-back' : 'failed', { code, message })
  } catch (error) {
    warn(error instanceof Error ? error.message : String(error))
  }
}

async function takeLocks(
  plan: Plan<unknown>,
  locks: Locks,
  watch: Required<Watch>,
): Promise<readonly Held[]> {
  const { signal, warn, patience } = watch
  if (holdsOf(plan) === 'nothing') return []
  const held: Held[] = []
  try {
    // Always in the same order: two runs that want the same two locks must not each hold one of them.
    for (const name of [...new Set(plan.locks ?? [plan.target])].sort()) {
      const taking = locks.take(name, plan.command)
      const lock = await endingWith(taking, `lock ${name}`, signal, patience.file).catch(
        (error: unknown) => {
          // Nobody uses it any more, should it come all the same.
          taking.then((late) => late.release()).catch(() => undefined)
          throw error
        },
      )
      held.push(lock)
      if (lock.reclaimed) warn(tookOver(name, lock.reclaimed))
    }
  } catch (error) {
    await releaseAll(held, watch)
    throw error
  }
  return held
}

async function releaseAll(
  locks: readonly Held[],
  { warn, patience }: Pick<Required<Watch>, 'warn' | 'patience'>,
): Promise<void> {
  for (const lock of locks.toReversed()) {
    try {
      await endingWithin(lock.release(), 'release the lock', patience.file)
    } catch (error) {
      warn(
        `a lock could not be released: ${error instanceof Error ? error.message : String(error)}`,
      )
    }
  }
}

function tookOver(name: string, { command, pid, host, user, since }: LockOwner): string {
  return `took over the lock of ${name} from "${command}" (pid ${pid} of ${user} on ${host}, since ${since}), which is gone`
}
