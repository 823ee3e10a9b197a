import type { Optime } from '../../domain/contents.js'
import { Failure } from '../../domain/failure.js'
import { optimeText } from '../../domain/oplog/optime.js'

const list = ['ops backup list']

/** The base has no oplog, so that nothing says from when on the oplog is to be replayed. */
export function withoutOplog(): Failure {
  const says = 'the backup was taken without its oplog: no later moment can be reached from it'
  return new Failure('refused', 'SPLICE_WITHOUT_OPLOG', says, list)
}

/** The documents of the base are those of its end. */
export function beforeBase(until: Optime, earliest: Optime): Failure {
  const says = `the moment ${optimeText(until)} lies before the backup is consistent, which it is from ${optimeText(earliest)} on`
  return new Failure('not-found', 'SPLICE_BEFORE_BASE', says, ['choose an older backup', ...list], {
    facts: { until, earliest },
  })
}

/** Something is missing between the base and what was recorded after it, or at its end. */
export function gap(says: string, latest: Optime): Failure {
  const reachable = `the latest moment that can be reached is ${optimeText(latest)}`
  return new Failure('not-found', 'SPLICE_GAP', `${says}; ${reachable}`, list, {
    facts: { latest },
  })
}

/** What was recorded is the history of another server, or of one that lost some of its own. */
export function diverged(at: Optime): Failure {
  const says = `what was recorded at ${optimeText(at)} is not what the backup has there: it is another server's history, or one that was rolled back`
  return new Failure('integrity', 'SPLICE_DIVERGED', says, list, { facts: { at } })
}

export function disorder(at: Optime): Failure {
  const says = `what was recorded is not in the order of time at ${optimeText(at)}`
  return new Failure('integrity', 'SPLICE_DISORDER', says, list, { facts: { at } })
}

/**
 * Something at `at` that cannot be replayed, or whose outcome is not known; `latest` is the moment before it, undefined
 * where the base itself holds it.
 */
export function cannotReplay(what: string, at: Optime, latest: Optime | undefined): Failure {
  const reachable = latest
    ? `the latest moment that can be reached is ${optimeText(latest)}`
    : 'no moment can be reached from this backup'
  const says = `the oplog holds ${what} at ${optimeText(at)}, which cannot be replayed; ${reachable}`
  const before = latest ? [`ops … --to-time ${optimeText(latest)}   (right before it)`] : []
  return new Failure(
    'not-found',
    'SPLICE_CANNOT_REPLAY',
    says,
    [...before, 'ops backup   (a base after it replays nothing of it)', 'ops pitr status'],
    { facts: { at, ...(latest ? { latest } : {}) } },
  )
}
