import { Failure } from '../../domain/failure.js'
import type { Acceptable, Alarm } from '../../domain/retention/alarm.js'
import type { Target } from '../../domain/target.js'

/**
 * Throws the first alarm that nobody accepted (refused), with what all of them say and the flags that accept them. Nothing
 * was removed by then.
 */
export function refuseAlarms(
  alarms: readonly Alarm[],
  { target, accept }: { readonly target: Target; readonly accept: readonly Acceptable[] },
): void {
  const open = alarms.filter((alarm) => !accept.includes(alarm.accept))
  const [first] = open
  if (!first) return
  const says = open.map((alarm) => alarm.says).join('; ')
  const flags = [...new Set([...accept, ...open.map((alarm) => alarm.accept)])]
    .map((word) => `--accept ${word}`)
    .join(' ')
  throw refused(first.code, says, target, flags, open)
}

/**
 * Under the lock: nothing goes that was not in the plan. `place` is where copies go from; without it they go from the shelf.
 * Throws `PLAN_STALE` (refused).
 */
export function refuseSurprises(
  going: readonly string[],
  planned: readonly string[],
  target: Target,
  place?: string,
): void {
  const surprise = going.filter((id) => !planned.includes(id))
  if (surprise.length === 0) return
  const [from, there] = place === undefined ? ['', ''] : [` from ${place}`, ' there']
  throw new Failure(
    'refused',
    'PLAN_STALE',
    `things changed after the plan was made: ${surprise.join(', ')} would go${from} as well; nothing was removed${there}`,
    [`ops backup prune --target ${target.name} --dry-run`],
  )
}

function refused(
  code: Alarm['code'],
  says: string,
  { name }: Target,
  flags: string,
  alarms: readonly Alarm[],
): Failure {
  const next = [
    `ops backup prune --target ${name} --dry-run`,
    `ops backup prune --target ${name} ${flags}`,
  ]
  const details = { facts: { target: name, alarms } }
  switch (code) {
    case 'PRUNE_CLOCK_JUMPED':
      return new Failure(
        'refused',
        'PRUNE_CLOCK_JUMPED',
        `${says}; nothing was removed`,
        ['date', ...next],
        details,
      )
    case 'PRUNE_TOO_MANY':
      return new Failure('refused', 'PRUNE_TOO_MANY', `${says}; nothing was removed`, next, details)
    case 'PRUNE_SHRUNK':
      return new Failure(
        'refused',
        'PRUNE_SHRUNK',
        `${says}; nothing was removed`,
        ['ops backup show latest', ...next],
        details,
      )
  }
}
