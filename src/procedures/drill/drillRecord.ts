import { missedBy, worstOf, type Drill, type DrillStrike } from '../../domain/drill.js'
import type { Failure } from '../../domain/failure.js'
import type { World } from '../../ports/world.js'
import type { DrillFacts } from './drillFacts.js'
import { expires, type Fingerprint } from './fingerprint.js'

/** What a drill measured so far. */
export interface Measurements {
  readonly startedAt: Date
  readonly strikes: readonly DrillStrike[]
  readonly fillSeconds: number | undefined
  /** What was there before the first disaster. */
  readonly before: Fingerprint | undefined
}

/** A drill as it is kept; with a failure, one whose recovery failed: then it measured nothing. */
export function drillRecord(
  { request, entry }: DrillFacts,
  { startedAt, strikes, fillSeconds, before }: Measurements,
  failure: Failure | undefined,
  { clock, host }: Pick<World, 'clock' | 'host'>,
): Drill {
  const { scenario, target, objectives } = request
  const { rtoSeconds, rpoSeconds } = objectives
  const second = startedAt.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')
  const found = worstOf(strikes)
  const missed = missedBy(found, objectives)
  return {
    schema: 1,
    id: `${second}Z-${target.name}-${scenario.name}-${host.token()}`,
    scenario: scenario.name,
    target: target.name,
    startedAt: startedAt.toISOString(),
    finishedAt: clock.now().toISOString(),
    ...(failure
      ? { outcome: 'failed', rtoSeconds: null, rpoSeconds: null, lostOperations: null, missed: [] }
      : { outcome: missed.length > 0 ? 'missed' : 'kept', ...found, missed }),
    strikes,
    objectives: { rtoSeconds, rpoSeconds },
    guideSeconds: scenario.guideSeconds,
    backup: entry.manifest.id,
    rawBytes: entry.manifest.rawBytes,
    fillSeconds: fillSeconds ?? null,
    ...(before ? { proof: proofText(before) } : {}),
    ...(failure
      ? { error: { code: String(failure.facts['code']), message: failure.message } }
      : {}),
    host: host.name,
    opsVersion: host.opsVersion,
  }
}

function proofText({ by, collections }: Fingerprint): string {
  const names = Object.keys(collections)
  const expiring = names.filter((name) => collections[name] === expires)
  const size = names.length - expiring.length
  const compared = `${size.toString()} ${size === 1 ? 'collection' : 'collections'} compared ${by === 'hash' ? 'by the hash of every document' : 'by the number of documents'}`
  if (expiring.length === 0) return compared
  return `${compared}; not compared, because their documents expire: ${expiring.join(', ')}`
}
