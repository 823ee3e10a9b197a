import { rightBefore, type Deletion } from '../../domain/deletions/deletion.js'
import { Failure } from '../../domain/failure.js'
import { optimeText } from '../../domain/oplog/optime.js'
import type { WantedMoment } from '../../domain/oplog/wantedMoment.js'
import type { Target } from '../../domain/target.js'

/** Right before a deletion. */
export function momentBefore({ first }: Pick<Deletion, 'first'>): WantedMoment {
  const until = rightBefore(first)
  return { until, text: `the moment before entry ${optimeText(first)} of the oplog` }
}

/** A failure to reach it, with what can be typed here. */
export function unreachable(error: unknown, { name }: Target): unknown {
  if (!(error instanceof Failure) || error.code !== 'MOMENT_UNREACHABLE') return error
  const next = [
    `ops pitr status --target ${name}`,
    `ops pitr slice --base --target ${name}   (so that the next one can be undone)`,
    'ops backup list   (an older backup may have it: ops restore ID --into NAME)',
  ]
  return new Failure(error.kind, error.code, error.message, next, {
    cause: error,
    facts: error.facts,
  })
}
