import { carryOut } from '../../../src/procedures/carryOut.js'
import type { Plan, Step } from '../../../src/procedures/plan.js'
import type { ProgressEvent } from '../../../src/procedures/progress.js'
import { fakeClock } from '../../fakes/clock.js'
import { fakeHost } from '../../fakes/host.js'
import { fakeLocks } from '../../fakes/locks.js'
import { fakeReceipts } from '../../fakes/receipts.js'

/** A plan whose steps write their names into `log`. */
export function scene(stale: readonly string[] = []) {
  const log: string[] = []
  const events: ProgressEvent[] = []
  const controller = new AbortController()
  const world = {
    clock: fakeClock(),
    host: fakeHost(),
    locks: fakeLocks(stale),
    receipts: fakeReceipts(),
  }
  const step = (title: string, more: Partial<Step> = {}): Step => ({
    title,
    effect: 'changes',
    run() {
      log.push(title)
      world.clock.advance(1500)
      return Promise.resolve()
    },
    undo() {
      log.push(`undo ${title}`)
      return Promise.resolve()
    },
    ...more,
  })
  const plan = (steps: readonly Step[], more: Partial<Plan<string>> = {}): Plan<string> => ({
    command: 'restore',
    target: 'medical',
    title: 'restore medical from medical-1',
    facts: [],
    loses: [],
    steps,
    result: (receipt) => receipt?.id ?? 'no receipt',
    ...more,
  })
  const run = (value: Plan<string>) =>
    carryOut(value, world, { tell: (event) => events.push(event), signal: controller.signal })
  const fails = (error: Error) => () => Promise.reject(error)
  return { log, events, controller, world, step, plan, run, fails }
}
