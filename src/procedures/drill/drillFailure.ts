import { Failure } from '../../domain/failure.js'
import type { DrillFacts } from './drillFacts.js'

/** What is not what it was before the disaster, although the recovery was proved. */
export function drillDiffers(names: readonly string[]): Failure {
  return new Failure(
    'integrity',
    'DRILL_DIFFERS',
    `after the recovery, which called itself good, these are not what they were: ${names.join(', ')}`,
    ['ops backup verify --all'],
    { facts: { collections: names } },
  )
}

/**
 * A drill whose recovery failed, naming the backup that it was made from: `DRILL_DATA_WRONG` (integrity) where something is wrong
 * with data, else `DRILL_FAILED` (failed), for whatever kept the recovery from succeeding would have done so in earnest.
 */
export function drillFailed({ request, entry }: DrillFacts, error: unknown): unknown {
  if (!(error instanceof Failure)) return error
  const { scenario, target } = request
  const { id } = entry.manifest
  const named = error.message.includes(id) ? error.message : `${error.message} (backup ${id})`
  const message = `the drill "${scenario.name}" of "${target.name}" FAILED, so a recovery would have: ${named}`
  const next = [
    `ops backup verify ${id}`,
    `ops dr drill ${scenario.name}`,
    ...error.next.filter((line) => line.startsWith('ops backup')),
  ]
  const details = { cause: error, facts: { ...error.facts, backup: id, code: error.code } }
  return error.kind === 'integrity'
    ? new Failure('integrity', 'DRILL_DATA_WRONG', message, next, details)
    : new Failure('failed', 'DRILL_FAILED', message, next, details)
}

/** A drill that did not come to a disaster, for its clone could not be made: `DRILL_NOT_MADE`, of the kind of what kept it from that. */
export function drillNotMade({ request, entry }: DrillFacts, error: unknown): unknown {
  if (!(error instanceof Failure)) return error
  const { scenario, target } = request
  return new Failure(
    error.kind,
    'DRILL_NOT_MADE',
    `the drill "${scenario.name}" of "${target.name}" FAILED, because no clone could be made: ${error.message}`,
    error.next,
    { cause: error, facts: { ...error.facts, backup: entry.manifest.id, code: error.code } },
  )
}
