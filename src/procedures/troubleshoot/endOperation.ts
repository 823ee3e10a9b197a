import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { OperationsSession, RunningOperation } from '../../ports/operations.js'
import type { Plan, StepContext } from '../plan.js'
import type { TroubleshootWorld } from './request.js'

/** Milliseconds of difference in when one and the same operation began: the server computes it anew each time. */
const sameStart = 1_000

/** Milliseconds until an operation that was told to end has to be gone, and between two looks. */
const patience = 15_000
const pause = 250

/**
 * Ends the one operation that was shown: of that number, that client, that connection and that start, as long as it only reads. One that has
 * ended by itself is left alone. Throws `OPERATION_CHANGED` (refused), `OPERATION_STAYS` (failed).
 */
export function endOperation(
  target: Target,
  shown: RunningOperation,
  world: TroubleshootWorld,
): Plan<Readonly<Record<string, unknown>>> {
  const { opid, command, namespace, client = 'unknown', application, startedAt } = shown
  const title = `end operation ${opid.toString()} of ${target.name}`
  let ended = 'by itself'
  return {
    command: 'troubleshoot',
    target: target.name,
    title,
    facts: [
      ['Operation', `${command} on ${namespace}, since ${startedAt}`],
      ['Client', `${client}${application === undefined ? '' : ` (${application})`}`],
      ['Changes', 'nothing: it only reads'],
    ],
    loses: [`what that operation has done so far: ${client} gets an error instead of an answer`],
    steps: [
      {
        title: `End operation ${opid.toString()}, if it is still the same`,
        effect: 'destroys',
        stays: true,
        async run(context) {
          const session = await world.operations.connect(target, context.signal)
          try {
            const now = await find(session, opid)
            if (!now) {
              context.detail('it has ended by itself')
              return
            }
            requireSame(shown, now)
            await session.kill(opid)
            await untilGone(session, now, world, context)
            ended = 'by ops'
          } finally {
            await session.close()
          }
        },
      },
    ],
    result: () => ({ operation: opid, command, namespace, ended }),
  }
}

async function find(
  session: OperationsSession,
  opid: number,
): Promise<RunningOperation | undefined> {
  return (await session.running()).find((one) => one.opid === opid)
}

function isSame(one: RunningOperation, other: RunningOperation): boolean {
  const apart = Math.abs(Date.parse(one.startedAt) - Date.parse(other.startedAt))
  return (
    one.client === other.client &&
    one.connection === other.connection &&
    one.command === other.command &&
    one.namespace === other.namespace &&
    apart <= sameStart
  )
}

function requireSame(shown: RunningOperation, now: RunningOperation): void {
  const why = !isSame(shown, now)
    ? 'another one has its number by now'
    : now.writes
      ? 'it may change data'
      : now.waitsForLock
        ? 'it waits for somebody else by now'
        : undefined
  if (why === undefined) return
  throw new Failure(
    'refused',
    'OPERATION_CHANGED',
    `operation ${shown.opid.toString()} was left alone: ${why}`,
    ['ops troubleshoot slow'],
  )
}

async function untilGone(
  session: OperationsSession,
  shown: RunningOperation,
  { clock }: TroubleshootWorld,
  { signal }: StepContext,
): Promise<void> {
  const until = clock.elapsed() + patience
  for (;;) {
    const now = await find(session, shown.opid)
    if (!now || !isSame(shown, now)) return
    if (clock.elapsed() >= until)
      throw new Failure(
        'failed',
        'OPERATION_STAYS',
        `operation ${shown.opid.toString()} was told to end and still runs: it ends at its next pause`,
        ['ops troubleshoot slow   (in a minute)'],
      )
    await clock.sleep(pause, signal)
  }
}
