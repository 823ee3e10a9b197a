import type { World } from '../../ports/world.js'
import { carryOut } from '../carryOut.js'
import type { Plan } from '../plan.js'
import type { StepContext } from '../plan.js'

/** Carries a plan out inside a step of another: its steps are details of that one, its warnings are told there. */
export async function followed<Result>(
  planning: Promise<Plan<Result>>,
  world: World,
  { signal, detail, amount, warn }: StepContext,
): Promise<Result> {
  const plan = await planning
  try {
    signal.throwIfAborted()
    plan.warnings?.forEach(warn)
    const { result } = await carryOut(plan, world, {
      signal,
      warn,
      tell: (event) => {
        if (event.kind === 'started') detail(event.step)
        if (event.kind === 'amount') amount(event.amount)
      },
    })
    return result
  } finally {
    await plan.release?.()
  }
}
