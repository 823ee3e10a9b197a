import type { Finding } from '../../domain/finding.js'
import { forecastSeconds } from '../../domain/restoreTest.js'
import type { TargetEvidence } from './evidence.js'
import { broken, doubtful, fine } from './finding.js'
import { span } from './words.js'

/** Seconds after which a trial restore says little of today's backups: five weeks, so that a monthly one is in time. */
const oldTest = 35 * 86_400

/**
 * When was a backup last restored for a trial, and by that, would a recovery be done within what was promised? No finding
 * where there is no good backup: that is a finding of its own.
 */
export function judgeRestoreTest(
  { name, catalog, rtoSeconds }: Pick<TargetEvidence, 'name' | 'catalog' | 'rtoSeconds'>,
  at: string,
): readonly Finding[] {
  if (catalog.state !== 'seen' || !catalog.facts.newestGood) return []
  const id = `${name}.restore`
  const { lastTest, newestGood } = catalog.facts
  const next = [`ops backup test-restore --target ${name}`]
  if (!lastTest)
    return [
      doubtful(id, {
        says: 'no backup was ever restored for a trial',
        because: 'that it can be read is known, that it comes back is not; nor how long it takes',
        next,
      }),
    ]
  const ageSeconds = (Date.parse(at) - Date.parse(lastTest.at)) / 1000
  const forecast = forecastSeconds(lastTest, newestGood.rawBytes)
  const tested = `a backup was last restored for a trial ${span(ageSeconds)} ago`
  const because = `${lastTest.id}, ${lastTest.at}; by that a restore of ${newestGood.id} takes about ${span(forecast)}, objectives.rto promises ${span(rtoSeconds)}`
  const value = {
    tested: lastTest.id,
    ageSeconds: Math.round(ageSeconds),
    forecastSeconds: Math.round(forecast),
    rtoSeconds,
  }
  if (forecast > rtoSeconds)
    return [
      broken(id, {
        says: `a restore would take about ${span(forecast)}, longer than promised`,
        because,
        next: ['objectives.rto in ops.yaml', ...next],
        value,
      }),
    ]
  if (ageSeconds > oldTest) return [doubtful(id, { says: tested, because, next, value })]
  return [fine(id, tested, because, value)]
}
