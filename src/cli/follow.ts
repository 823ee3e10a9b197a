import { carryOut } from '../procedures/carryOut.js'
import { endingWith, isUnderWay } from '../procedures/underWay.js'
import { needsConfirmation, type Plan, type Procedure } from '../procedures/plan.js'
import { failpoint } from '../adapters/failpoints/failpoint.js'
import type { World } from '../ports/world.js'
import type { DryRun, PlanText } from '../report/plan.js'
import { confirm } from './confirm.js'
import { canvasOf, patiently, warn, type Door } from './door.js'
import { reporterFor } from './reporter.js'
import { stepLog } from './stepLog.js'

/** Milliseconds that removing gets after the signal. */
const letGoPatience = 5_000

/** The flags that decide how a procedure is followed. */
export interface FollowFlags {
  readonly confirm?: string | undefined
  readonly 'dry-run'?: boolean
}

/** How a procedure was followed to its end, or that it was only looked at. */
export type Followed<Result> = { readonly done: Result } | DryRun

/**
 * The one way a procedure is carried out: plan, show it, have the name typed if it destroys anything, run it under the
 * eyes of a reporter. A dry run ends after the plan. Throws what planning and carrying out throw, and
 * `CONFIRMATION_REQUIRED`, `CONFIRMATION_WRONG` (refused).
 */
export async function follow<Request, Result, Around extends World>(
  procedure: Procedure<Request, Result, Around>,
  request: Request,
  world: Around,
  flags: FollowFlags,
  door: Door,
): Promise<Followed<Result>> {
  const planning = procedure.plan(request, world)
  const plan = await patiently(door, planning).catch((error: unknown) => {
    // Given up on: what planning still puts down is let go of when it comes.
    planning.then((late) => late.release?.()).catch(() => undefined)
    throw error
  })
  try {
    for (const text of plan.warnings ?? []) warn(door, text)
    if (flags['dry-run'] === true) return { dryRun: true, plan: planText(plan) }
    if (needsConfirmation(plan)) {
      // Nobody confirms what he has not seen, not even quietly.
      if (!door.json && (!door.quiet || flags.confirm === undefined)) await showPlan(plan, door)
      await confirm({ name: plan.target, given: flags.confirm }, door)
    }
    return { done: await runPlan(plan, world, door) }
  } finally {
    await letGo(plan, door)
  }
}

/** What planning put down lies on a disk that may not answer: what is not removed then, the next run sweeps up. */
async function letGo(plan: Plan<unknown>, { interruption }: Door): Promise<void> {
  const work = plan.release?.()
  if (!work) return
  const what = 'remove what was put down'
  await endingWith(work, what, interruption.signal, letGoPatience).catch((error: unknown) => {
    if (!isUnderWay(error)) throw error
  })
}

/** Runs a plan that nobody has to agree to any more, and shows how it goes. */
export async function runPlan<Result>(
  plan: Plan<Result>,
  world: World,
  door: Door,
): Promise<Result> {
  const reporter = await reporterFor(door)
  const plainNotice = door.notice
  const note = stepLog(plan, door.log)
  door.notice = (text) => {
    reporter.notice(text)
  }
  try {
    const { result, receipt } = await carryOut(plan, world, {
      tell: (event) => {
        if (event.kind === 'started') void failpoint('step started', event.step)
        if (event.kind === 'done') void failpoint('step done', event.step)
        note(event)
        reporter.tell(event)
      },
      signal: door.interruption.signal,
      warn: (text) => {
        warn(door, text)
      },
    })
    note({ kind: 'through', ...(receipt ? { receipt: receipt.id } : {}) })
    return result
  } finally {
    await reporter.close()
    door.notice = plainNotice
  }
}

/** Shows on standard error what is about to happen. */
export async function showPlan(plan: Plan<unknown>, door: Door): Promise<void> {
  const { planScreen } = await import('../report/plan.js')
  door.stderr.write(`${planScreen(planText(plan), canvasOf(door, 'stderr'))}\n\n`)
}

/** What is shown of a plan. */
export function planText(plan: Plan<unknown>): PlanText {
  const { command, target, title, facts, loses, discarded, steps } = plan
  return {
    command,
    target,
    title,
    facts,
    loses,
    ...(discarded ? { discarded } : {}),
    steps: steps.map((step) => ({ title: step.title, effect: step.effect })),
  }
}
