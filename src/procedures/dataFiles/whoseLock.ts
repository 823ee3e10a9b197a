import type { LockOwnership, StandingLock, WriteLockRecord } from '../../domain/writeLock.js'

/**
 * Is the lock that stands the one that was written down? A server counts locks and does not say whose is left: releasing
 * one that is not ours would let writes into what another tool copies. So what is not proved is not ours.
 */
export function whoseLock(
  record: WriteLockRecord | undefined,
  standing: StandingLock,
): LockOwnership {
  if (!record) return unproven('its record does not say which lock it took')
  if (record.process === undefined || standing.process === undefined)
    return unproven('the server does not say whether it was started again since')
  if (record.process !== standing.process)
    return { whose: 'another', because: 'the server was started again since' }
  const { holder, connection } = record
  const followed = holder !== undefined && standing.holder !== undefined
  if (followed && holder !== standing.holder)
    return { whose: 'another', because: 'that one was released since' }
  const { takers } = standing
  if (takers) return takenBy(takers, connection)
  // Nobody but the run itself would have released it, and all locks since the first are one row that is not broken.
  if (followed && !record.guarded && record.locks === 1) return { whose: 'ours' }
  return unproven("the server's log does not reach back to when the lock was taken")
}

function takenBy(takers: readonly number[], own: number | undefined): LockOwnership {
  if (own !== undefined && takers.length > 0 && takers.every((taker) => taker === own))
    return { whose: 'ours' }
  const names = takers.map((taker) => `conn${taker.toString()}`).join(', ')
  return unproven(
    `by the server's log ${names} blocked them${own === undefined ? '' : `, and it was conn${own.toString()}`}`,
  )
}

function unproven(because: string): LockOwnership {
  return { whose: 'unproven', because }
}
